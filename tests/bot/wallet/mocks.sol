// SPDX-License-Identifier: MIT
// Stand-ins for the contracts of Polygon, just honest enough to hold the wallet's calls to account.
// They are put at the real addresses by anvil_setCode, so they have no constructors.
// mocks.json holds their runtime code: solc 0.8.28, optimizer 200 runs, evm paris, no metadata.
pragma solidity 0.8.28;

contract Token {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function decimals() external pure returns (uint8) { return 6; }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        require(allowance[from][msg.sender] >= amount, "allowance");
        require(balanceOf[from] >= amount, "balance");
        if (allowance[from][msg.sender] != type(uint256).max) allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }

    // For tests and for the ramps and adapters.
    function mint(address to, uint256 amount) external { balanceOf[to] += amount; }
}

contract Ramp {
    function wrap(address asset, address to, uint256 amount) external {
        require(Token(asset).transferFrom(msg.sender, address(this), amount));
        Token(0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB).mint(to, amount);
    }

    function unwrap(address asset, address to, uint256 amount) external {
        require(
            Token(0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB).transferFrom(msg.sender, address(this), amount)
        );
        Token(asset).mint(to, amount);
    }
}

contract Ctf {
    mapping(address => mapping(uint256 => uint256)) public balanceOf;
    mapping(address => mapping(address => bool)) public isApprovedForAll;
    mapping(bytes32 => uint256) public payoutDenominator;

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
    }

    function mint(address to, uint256 id, uint256 amount) external { balanceOf[to][id] += amount; }

    function burn(address from, uint256 id, uint256 amount) external {
        require(isApprovedForAll[from][msg.sender], "not approved");
        require(balanceOf[from][id] >= amount, "tokens");
        balanceOf[from][id] -= amount;
    }

    function resolve(bytes32 condition) external { payoutDenominator[condition] = 1; }
}

// YES is token 7, NO is token 9; YES wins.
contract Adapter {
    Ctf constant CTF = Ctf(0x4D97DCd97eC945f40cF65F87097ACe5EA0476045);
    Token constant PUSD = Token(0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB);

    function mergePositions(address collateral, bytes32 parent, bytes32, uint256[] calldata sets, uint256 amount) external {
        require(collateral == address(PUSD) && parent == 0 && sets[0] == 1 && sets[1] == 2, "arguments");
        CTF.burn(msg.sender, 7, amount);
        CTF.burn(msg.sender, 9, amount);
        PUSD.mint(msg.sender, amount);
    }

    function redeemPositions(address collateral, bytes32 parent, bytes32 condition, uint256[] calldata sets) external {
        require(collateral == address(PUSD) && parent == 0 && sets[0] == 1 && sets[1] == 2, "arguments");
        require(CTF.payoutDenominator(condition) > 0, "not resolved");
        uint256 won = CTF.balanceOf(msg.sender, 7);
        CTF.burn(msg.sender, 7, won);
        CTF.burn(msg.sender, 9, CTF.balanceOf(msg.sender, 9));
        PUSD.mint(msg.sender, won);
    }
}

// One owner, kept in slot 0 by the test; the hash and the check are those of Safe 1.3.
contract Safe {
    address owner;
    uint256 public nonce;

    function execTransaction(
        address to, uint256 value, bytes calldata data, uint8 operation, uint256 safeTxGas,
        uint256 baseGas, uint256 gasPrice, address gasToken, address payable refundReceiver,
        bytes calldata signatures
    ) external returns (bool) {
        bytes32 domain = keccak256(abi.encode(
            keccak256("EIP712Domain(uint256 chainId,address verifyingContract)"), block.chainid, address(this)
        ));
        bytes memory fields = abi.encode(
            keccak256("SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"),
            to, value, keccak256(data), operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver, nonce++
        );
        bytes32 digest = keccak256(abi.encodePacked(bytes2(0x1901), domain, keccak256(fields)));
        (bytes32 r, bytes32 s) = abi.decode(signatures[:64], (bytes32, bytes32));
        require(ecrecover(digest, uint8(signatures[64]), r, s) == owner && operation == 0, "GS026");
        (bool ok,) = to.call{value: value}(data);
        require(ok, "GS013");
        return ok;
    }
}
