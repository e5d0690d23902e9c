#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""hostile.py GOOD DIR: a hundred files that are no vault, made of a good one, most with sums that fit."""
import hashlib, os, random, struct, sys

HEAD, SLOT, SLOTS = 80, 208, 8
draw = random.Random(14)


def mended(data):
    return data[:-32] + hashlib.sha256(data[:-32]).digest()


def put(data, at, value):
    return mended(data[:at] + value + data[at + len(value):])


def cost(log2_n, r, p):
    return lambda d: put(d, HEAD + 2, struct.pack('>BBII', log2_n, 0, r, p))


def slot_byte(at, value):
    return lambda d: put(d, HEAD + at, bytes([value]))


def all_slots(log2_n, r, p):
    def make(d):
        for i in range(SLOTS):
            d = d[:HEAD + i * SLOT] + d[HEAD:HEAD + SLOT] + d[HEAD + (i + 1) * SLOT:]
            d = put(d, HEAD + i * SLOT + 2, struct.pack('>BBII', log2_n, 0, r, p))
        return d
    return make


WORST = 2**32 - 1
kinds = [cost(n, r, p) for n, r, p in [
    (0, 8, 1), (1, 8, 1), (16, 8, 1), (17, 7, 1), (17, 0, 1), (17, 8, 0), (21, 8, 1), (22, 8, 1), (23, 1, 1), (31, 8, 1), (63, 8, 1), (64, 8, 1), (255, 8, 1),
    (17, 8192, 1), (17, WORST, 1), (17, 2**31, 1), (17, 2**25, 1), (17, 8, 17), (17, 8, WORST), (17, 8, 2**31), (255, WORST, WORST), (22, 2**23, 16), (17, 1 << 24, 1 << 24)]]
kinds += [all_slots(22, 8, 16), all_slots(63, WORST, WORST)]
kinds += [slot_byte(at, v) for at, v in [(0, 0), (0, 2), (0, 255), (1, 0), (1, 2), (1, 255), (3, 2), (3, 3), (3, 128), (3, 255), (20, 0), (20, 10), (20, 27), (20, 0x7f), (20, 0xff), (20, 0xc0), (83, 65)]]
kinds += [lambda d, v=v: put(d, 8, struct.pack('>H', v)) for v in (0, 2, 255, 65535)]
kinds += [lambda d, v=v: put(d, 10, struct.pack('>H', v)) for v in (0, 1, 7, 9, 65535)]
kinds += [lambda d: put(d, 12, bytes(4)), lambda d: put(d, 16, bytes(64)), lambda d: put(d, 16, b'A' * 64), lambda d: put(d, 16, b'\x1b]0;x\x07'), lambda d: put(d, 0, b'CLVGVALU')]
kinds += [lambda d, n=n: d[:n] for n in (0, 1, 7, 8, 9, 11, 12, 79, 80, 81, 207, 1743, 1744, 1776, 1807)]
kinds += [lambda d: d + b'\0', lambda d: d + d, lambda d: d * 4, lambda d: d * 5, lambda d: d * 600, lambda d: bytes(len(d)), lambda d: b'\xff' * len(d), lambda d: b'{"vault": "none"}\n', lambda d: b'\n' * 5000]
kinds += [lambda d: d[:80] + mended(bytes(len(d)))[80:], lambda d: d[:-64] + bytes(64)]
while len(kinds) < 100:
    kinds.append(lambda d: (lambda at: d[:at] + bytes([d[at] ^ 1 << draw.randrange(8)]) + d[at + 1:])(draw.randrange(len(d))))

good = open(sys.argv[1], 'rb').read()
for i, make in enumerate(kinds[:100]):
    bad = make(good)
    assert bad != good, i
    with open(os.path.join(sys.argv[2], f'm{i:02}'), 'wb') as f:
        f.write(bad)
