#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second reader of vault.key and of sealed records, written from claviger-vault(5) alone.

read_vault.py [--key-file F] FILE PASS mac TEXT                       the decision MAC, in hex
read_vault.py [--key-file F] FILE PASS open KIND ID VERSION HOST HEX [VENDOR API BASE_URL REGION PROXY CA_FILE]  the sealed value
read_vault.py [--key-file F] FILE PASS person                         whose slot it is
Exit status 3 for a wrong passphrase, 77 without python3-cryptography.
"""
import hashlib, hmac, struct, sys
try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:
    print('skipped: python3-cryptography is not installed')
    sys.exit(77)

HEAD, SLOT_HEAD, SLOT, SLOTS = 80, 116, 208, 8


def text(field):
    return field.rstrip(b'\0')


def hkdf(key, salt, label):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=label).derive(key)


def unlock(data, passphrase, key_file):
    """The root, the workspace's id and the person, or None for a wrong passphrase."""
    magic, form, places, generation, workspace = struct.unpack('>8sHHI64s', data[:HEAD])
    assert (magic, form, places, len(data)) == (b'CLVGVALT', 1, SLOTS, HEAD + SLOTS * SLOT + 64)
    assert hashlib.sha256(data[:-32]).digest() == data[-32:]
    for i in range(SLOTS):
        slot = data[HEAD + i * SLOT:HEAD + (i + 1) * SLOT]
        if slot == bytes(SLOT):
            continue
        used, kdf, log2_n, flags, r, p, created, name, salt = struct.unpack('>BBBBIIQ64s32s', slot[:SLOT_HEAD])
        assert (used, kdf) == (1, 1) and flags in (0, 1)
        if flags == 1 and key_file is None:
            continue
        mixed = hkdf(passphrase, key_file, b'claviger/1 key file') if flags == 1 else passphrase
        keys = hashlib.scrypt(mixed, salt=salt, n=1 << log2_n, r=r, p=p, maxmem=1 << 30, dklen=64)
        bound = data[:HEAD] + slot[:SLOT_HEAD]
        if not hmac.compare_digest(hmac.digest(keys[32:], bound, 'sha256'), slot[SLOT_HEAD:SLOT_HEAD + 32]):
            continue
        root = AESGCM(keys[:32]).decrypt(slot[148:160], slot[160:208], bound)
        key = hkdf(root, text(workspace), b'claviger/1 vault file')
        assert hmac.digest(key, data[:-64], 'sha256') == data[-64:-32]
        return root, text(workspace), text(name).decode()
    return None


def fields(*values):
    """SHA-256 over fields, each with its length in front."""
    h = hashlib.sha256()
    for v in values:
        b = struct.pack('>q', v) if isinstance(v, int) else v if isinstance(v, bytes) else v.encode()
        h.update(struct.pack('>Q', len(b)) + b)
    return h.digest()


def main():
    args, key_file = sys.argv[1:], None
    if args[0] == '--key-file':
        key_file, args = open(args[1], 'rb').read(), args[2:]
    path, passphrase, verb, *rest = args
    opened = unlock(open(path, 'rb').read(), passphrase.encode(), key_file)
    if opened is None:
        return 3
    root, workspace, person = opened
    if verb == 'person':
        print(person)
        return 0
    if verb == 'mac':
        print(hmac.digest(hkdf(root, workspace, b'claviger/1 mac decision'), rest[0].encode(), 'sha256').hex())
        return 0
    kind, ident, version, host, blob = rest[0], int(rest[1]), int(rest[2]), rest[3], bytes.fromhex(rest[4])
    mark, form, use, generation, length = struct.unpack('>2sBBII', blob[:12])
    assert (mark, length) == (b'\xc1v', len(blob) - 24) and form in (1, 2)
    route = [fields('claviger/1 route', *rest[5:11])] if form == 2 else []
    bound = fields('claviger/1 sealed', form, use, generation, workspace, kind, ident, version, host, *route)
    try:
        print(AESGCM(hkdf(root, workspace, b'claviger/1 seal')).decrypt(blob[12:24], blob[24:], bound).decode())
    except InvalidTag:
        return 5
    return 0


if __name__ == '__main__':
    sys.exit(main())
