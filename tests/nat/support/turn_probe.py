"""Asks a TURN server whom it lets a credential reach, as RFC 8656 has it, and sends what it is told to.

turn_probe.py SERVER USERNAME PASSWORD FAMILY PEER ...: one line "PEER STATUS" each. STATUS is "allowed" or the code of
the refusal; FAMILY is that of the allocation, 4 or 6. A peer "ADDRESS!PORT" that is allowed is also sent the text
"probe".
"""
import hashlib
import hmac
import ipaddress
import os
import socket
import struct
import sys

COOKIE = 0x2112A442
ALLOCATE, PERMIT, SEND = 0x0003, 0x0008, 0x0016
USERNAME, INTEGRITY, ERROR, PEER, DATA, REALM, NONCE, FAMILY, TRANSPORT = (
    0x0006, 0x0008, 0x0009, 0x0012, 0x0013, 0x0014, 0x0015, 0x0017, 0x0019)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def attributes_of(message: bytes) -> dict[int, bytes]:
    found, at = {}, 20
    while at + 4 <= len(message):
        kind, size = struct.unpack_from("!HH", message, at)
        found[kind] = message[at + 4:at + 4 + size]
        at += 4 + size + -size % 4
    return found


class Client:
    def __init__(self, server: str, username: str, password: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((server, 3478))
        self.socket.settimeout(10)
        self.username, self.password = username.encode(), password
        self.realm = self.nonce = b""

    def signed(self, kind: int, body: bytes, transaction: bytes) -> bytes:
        if self.nonce:
            body += attribute(USERNAME, self.username) + attribute(REALM, self.realm) + attribute(NONCE, self.nonce)
            key = hashlib.md5(b":".join([self.username, self.realm, self.password.encode()])).digest()
            head = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + transaction
            body += attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
        return struct.pack("!HHI", kind, len(body), COOKIE) + transaction + body

    def ask(self, kind: int, body: bytes) -> tuple[int, dict[int, bytes]]:
        """0 or the code of the error, and the attributes."""
        for _ in range(3):
            transaction = os.urandom(12)
            self.socket.send(self.signed(kind, body, transaction))
            answer = self.socket.recv(2000)
            while answer[8:20] != transaction:
                answer = self.socket.recv(2000)
            found = attributes_of(answer)
            code = found[ERROR][2] * 100 + found[ERROR][3] if ERROR in found else 0
            if code not in (401, 438):
                return code, found
            self.realm, self.nonce = found.get(REALM, self.realm), found[NONCE]
        return code, found

    def peer(self, address: str, port: int) -> bytes:
        packed = ipaddress.ip_address(address).packed
        mask = struct.pack("!I", COOKIE) + self.transaction
        hidden = bytes(a ^ b for a, b in zip(packed, mask))
        return struct.pack("!BBH", 0, 1 if len(packed) == 4 else 2, port ^ (COOKIE >> 16)) + hidden

    def permit(self, address: str, port: int) -> int:
        # The address is hidden by the transaction's own number, so that the two must be the same.
        for _ in range(3):
            self.transaction = os.urandom(12)
            self.socket.send(self.signed(PERMIT, attribute(PEER, self.peer(address, port)), self.transaction))
            answer = self.socket.recv(2000)
            while answer[8:20] != self.transaction:
                answer = self.socket.recv(2000)
            found = attributes_of(answer)
            code = found[ERROR][2] * 100 + found[ERROR][3] if ERROR in found else 0
            if code != 438:
                return code
            self.nonce = found[NONCE]
        return code

    def send(self, address: str, port: int, data: bytes) -> None:
        self.transaction = os.urandom(12)
        body = attribute(PEER, self.peer(address, port)) + attribute(DATA, data)
        self.socket.send(struct.pack("!HHI", SEND, len(body), COOKIE) + self.transaction + body)


def main(server: str, username: str, password: str, family: str, *peers: str) -> None:
    client = Client(server, username, password)
    body = attribute(TRANSPORT, b"\x11\0\0\0") + attribute(FAMILY, bytes([1 if family == "4" else 2, 0, 0, 0]))
    code, _ = client.ask(ALLOCATE, body)
    print("allocation", code or "allowed", flush=True)
    for peer in peers:
        address, _, port = peer.partition("!")
        code = client.permit(address, int(port or 9))
        if not code and port:
            client.send(address, int(port), b"probe")
        print(peer, code or "allowed", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
