#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares the ARM decoder with GNU objdump on random words: do they agree about
what is an instruction, its length, and the mnemonic's first letters?

    disasm_compare.py BUILD/arm_disasm [COUNT [SEED]]

BUILD/arm_disasm is the test program of disasm.c.  Exit status 1 if they differ.
Left out: what this guest doesn't have (virtualization, security, ThumbEE, ARMv8),
coprocessors and Advanced SIMD, and words objdump itself calls UNPREDICTABLE.  Objdump
insists on bits that should be 0 or 1 where the guest, as most implementations, doesn't
look: then it is enough if some setting of those bits is an instruction to both.
"""
import random
import re
import subprocess
import sys
import tempfile

OBJDUMP = "arm-linux-gnueabihf-objdump"
# Mnemonics of later or other architectures, and synonyms without a counterpart.
FOREIGN = re.compile(
    r"(hlt|eret|crc32|sevl|lda|stl|vrint|vsel|vmaxnm|sb\b|ssbb|pssbb|esb|bti|pac|aut|csdb"
    r"|enterx|leavex|bf|wls|dls|le\b|lctp|setpan|dcps|cinc|cset|csel|csinv|csneg|csinc|cneg"
    r"|cinv|cx|vcx|sg\b|tt|bxns|blxns|clrm|udf|hvc|smc|asrl|lsll|lsrl|sqr|uqr|urshr|srshr"
    r"|uqshl|sqshl|tsb)")
# What objdump prints for some of our rows.
COPROCESSOR = re.compile(r"(v|f[a-z]|cdp|ldc|stc|mcr|mrc|cfl|cfs|cf[a-z]|w[a-z]|ma[a-z]ph|mi[ar]|mra|mar)")


def words(thumb, count, rng):
    result = []
    while len(result) < count:
        word = rng.getrandbits(32)
        if not thumb:
            if word >> 28 == 15 and rng.random() < 0.8:
                word &= 0xEFFFFFFF
            if word >> 25 & 7 == 6 or word >> 24 & 15 == 14 or word >> 25 == 0x79 \
                    or (word >> 24 == 0xF4 and not word >> 20 & 1):
                continue
        elif word >> 16 < 0xE800:
            word >>= 16
        elif word >> 29 == 7 and word >> 26 & 3 == 3:
            continue  # coprocessors and Advanced SIMD data processing
        elif word >> 24 == 0xF9 and not word >> 20 & 1:
            continue
        result.append(word)
    return result


def ours(program, thumb, items):
    text = "".join(f"{w:x}\n" for w in items)
    out = subprocess.run([program, "thumb" if thumb else "a32"], input=text, text=True,
                         stdout=subprocess.PIPE, check=True).stdout.splitlines()
    fields = [line.split(" ", 2) for line in out]
    return [(int(length), int(ignored, 16), text) for length, ignored, text in fields]


def theirs(thumb, items):
    """Each word is followed by a filler, so that lengths show."""
    data = bytearray()
    at = []
    for word in items:
        at.append(len(data))
        if thumb and word >> 16:
            data += (word >> 16).to_bytes(2, "little") + (word & 0xFFFF).to_bytes(2, "little")
        elif thumb:
            data += word.to_bytes(2, "little")
        else:
            data += word.to_bytes(4, "little")
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = [OBJDUMP, "-D", "-b", "binary", "-marmv7", file.name]
        if thumb:
            command[1:1] = ["-Mforce-thumb"]
        out = subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True).stdout
    found = {}
    for line in out.splitlines():
        match = re.match(r"\s*([0-9a-f]+):\t([0-9a-f ]+)\t(.*)", line)
        if match:
            length = len(match[2].replace(" ", "")) // 2
            found[int(match[1], 16)] = (length, match[3].replace("\t", " "))
    return [found.get(a, (0, "?")) for a in at]


def is_undefined(text):
    return "UNDEFINED" in text or "undefined" in text


def objdump_is_lax(thumb, word, text):
    """Where the manual says UNDEFINED and objdump decodes."""
    if not thumb:  # compare without S, MSR with a shift
        return "illegal" in text or re.match(r"tst|teq|cmp|cmn|msr", text) and not word >> 20 & 1
    # Banked MRS and MSR; stores to [pc], unallocated address forms.
    return "UNDEF" in text or word >> 24 in (0xF8, 0xF9)


def some_variant(thumb, word, ignored, rng):
    """Whether objdump accepts the word with other values of the ignored bits."""
    variants = [word & ~ignored, word | ignored]
    variants += [word & ~ignored | rng.getrandbits(32) & ignored for _ in range(2000)]
    return any(not is_undefined(text) for _, text in theirs(thumb, variants))


def compare(program, thumb, count, rng):
    items = words(thumb, count, rng)
    bad = 0
    for word, (length, ignored, text), (length2, text2) in zip(
            items, ours(program, thumb, items), theirs(thumb, items)):
        undefined, undefined2 = text.startswith("undefined"), is_undefined(text2)
        if "UNPREDICTABLE" in text2 or FOREIGN.match(text2) or COPROCESSOR.match(text2):
            continue
        if length == length2 and undefined == undefined2:
            continue
        if text.startswith(("bkpt", "cps")):  # with a condition, imod 1: UNPREDICTABLE
            continue
        if undefined and objdump_is_lax(thumb, word, text2):
            continue
        if not undefined and ignored and some_variant(thumb, word, ignored, rng):
            continue
        bad += 1
        if bad <= 40:
            print(f"{'thumb' if thumb else 'a32'} {word:08x}: {length} {text!r}, "
                  f"objdump {length2} {text2!r}")
    return bad


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    rng = random.Random(seed)
    bad = compare(program, False, count, rng) + compare(program, True, count, rng)
    print(f"{2 * count} words, seed {seed}: {bad} differences")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
