#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares the x86 decoder with GNU objdump on random bytes: do they agree about what is
an instruction, its length, and its text?

    disasm_compare.py BUILD/x86_disasm [COUNT [SEED]]

BUILD/x86_disasm is the test program of disasm.c.  Exit status 1 if they differ.  Left out:
what this guest finds undefined, or takes for a hint that does nothing, and later CPUs have
(FOREIGN), and prefixes that are given twice or mean nothing, which objdump spells out.
"""
import itertools
import random
import re
import subprocess
import sys
import tempfile

ROOM = 16
PREFIXES = b"\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3"
# Of later CPUs, or other makers'.
FOREIGN = re.compile(
    r"(v[a-z]+|k[a-z]+|bnd|xsave|xrstor|xgetbv|xsetbv|xbegin|xabort|xend|xtest|clac|stac"
    r"|clgi|stgi|swapgs|monitor|mwait|invlpga|invept|invvpid|invpcid|rdrand|rdseed|rdpid"
    r"|rdtscp|rdpru|rdfs|rdgs|wrfs|wrgs|crc32|popcnt|lzcnt|tzcnt|movbe|adc?x|aes|sha|gf2"
    r"|pclmul|endbr|prefetchw|prefetch |prefetchw?t1|femms|pavgusb|pf|pi2f|pmulhrw|psh[a-z]+b"
    r"|ps[i]gn|pabs|phadd|phsub|pmadd|pmulhrs|palign|blend|ptest|pmov|pmin|pmax|pcmp|pack"
    r"|round|dpp|mpsad|pextr|pinsr|extr|insert|movnt|haddp|hsubp|addsub|lddqu|movddup"
    r"|movshdup|movsldup|fisttp|skinit|vm|clwb|clflushopt|pcommit|cl[dz]|llwp|slwp|lwp"
    r"|bext|bls|t1m|tzm|wbnoinvd|pconfig|enclv?|encls|enclu|tpause|umwait|umonitor|ptwrite"
    r"|serialize|mcommit|rstorssp|incssp|saveprev|setssbsy|clrssbsy|rdssp|wrss|wruss"
    r"|xstore|xcrypt|montmul|cldemote|movdir|enqcmd|xsusldtrk|xresldtrk|hreset|rsm|getsec"
    r"|syscall|sysret|rmp|psmash|pvalidate|seam|tdcall|uiret|senduipi|stui|clui|testui"
    r"|tile|xlat|monitorx|phmin|rd.sbase|rsqrt14|invlpgb|tlbsync|vmgexit|fnsetpm|fneni"
    r"|fndisi|fnstdw|fnstsg|frstpm|nopl?|hint|ud0|ud1|ud2b|rdpkru|wrpkru)")


def instructions(count, rng):
    result = []
    while len(result) < count:
        data = bytearray(rng.getrandbits(8) for _ in range(ROOM))
        if rng.random() < 0.3:
            data[0] = 0x0F
        if rng.random() < 0.1:
            data.insert(0, rng.choice([0x66, 0x67, 0xF2, 0xF3, 0x64]))
        result.append(bytes(data[:ROOM]))
    return result


def ours(program, bits, items):
    text = "".join(i.hex() + "\n" for i in items)
    out = subprocess.run([program, str(bits)], input=text, text=True, stdout=subprocess.PIPE,
                         check=True).stdout.splitlines()
    fields = [line.split(" ", 1) for line in out]
    return [(int(length), text) for length, text in fields]


def theirs(bits, items):
    """Each instruction lies at 0x8000 of an address space of its own, so to speak: targets
    are made relative to that."""
    data = b"".join(i + b"\x90" * (32 - ROOM) for i in items)
    machine = "i386" if bits == 32 else "i8086"
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        out = subprocess.run(["objdump", "-D", "-b", "binary", "-m", machine, "-M", "intel", "-w",
                              "--insn-width=16", file.name], text=True, check=True,
                             stdout=subprocess.PIPE).stdout
    found = {}
    for line in out.splitlines():
        match = re.match(r"\s*([0-9a-f]+):\t([0-9a-f ]+)\t(.*)", line)
        if match:
            found[int(match[1], 16)] = (len(match[2].replace(" ", "")) // 2, match[3].strip())
    return [found.get(32 * n, (0, "?")) for n in range(len(items))]


SUFFIX = re.compile(r"^(call|jmp|push|pop|ret|retf|leave|enter|[ls][gi]dt)[dw]\b")


# Other names of the same, test registers of the 80386 and 80486.
OTHER = re.compile(r"(cmp[a-z]+[ps][sd]|fn?(stenv|ldenv|save|rstor)[dw]|fldenv[dw]|mov .*\btr\d"
                   r"|xsha|(inv|wbinv)d|wbnoinvd|aadd|aand|aor|axor)")
ALIAS = re.compile(r"f(com2|comp3|comp5|xch4|xch7|stp1|stp8|stp9|freep)\b")


def normal(text):
    """Without what objdump says more about sizes."""
    text = re.sub(r"\s+", " ", re.sub(r"\s*(#|<).*", "", text)).strip()
    text = SUFFIX.sub(r"\1", text).replace("invlpg BYTE PTR ", "invlpg ")
    return re.sub(r"^(l[as][rl] .*,|mov [c-gs]s,)e(..)$", r"\1\2", text)


def is_prefix_noise(text):
    """Prefixes that objdump prints by themselves, as they change nothing."""
    return (re.match(r"(data16|addr16|addr32|data32|rep[nz]*|bnd|[c-gs]s|cs|lock|notrack|xacquire"
                     r"|xrelease|rex)\b|lock x(acquire|release)", text)
            and not re.match(r"rep[nz]* (movs|cmps|stos|lods|scas|ins|outs)\b", text)
            and not re.match(r"lock (?!x(acquire|release))[a-z]", text))


def is_foreign(text, theirs_text):
    """A hint, or undefined, that a later CPU gives a meaning; a hint of registers."""
    return (re.match(r"(\(bad\)|nop|prefetch|bs[fr] )", text) and FOREIGN.match(theirs_text)
            or text.startswith("prefetch") and theirs_text.startswith("nop"))


TARGET = re.compile(r"^(j\w+|call|loop\w*) 0x([0-9a-f]+)$")


def relative(text, at, bits):
    match = TARGET.match(text)
    if not match:
        return text
    mask = 0xFFFFFFFF if bits == 32 else 0xFFFF  # of the operand size
    return f"{match[1]} {(int(match[2], 16) - at) & mask:#x}"


def is_resized(item):
    return 0x66 in itertools.takewhile(PREFIXES.__contains__, item)


def compare(program, bits, count, rng):
    items = instructions(count, rng)
    bad = compared = 0
    for n, (item, (length, text), (length2, text2)) in enumerate(
            zip(items, ours(program, bits, items), theirs(bits, items))):
        text, text2 = normal(text), normal(text2)
        if is_foreign(text, text2) or is_prefix_noise(text2) or "eiz" in text2 or "riz" in text2:
            continue
        if OTHER.match(text2) or ALIAS.match(text):
            continue
        compared += 1
        if text == "(bad)" and ("(bad)" in text2 or "?" in text2 or text2.startswith("lock ")):
            continue
        if re.match("salc|w?b?invd|bs[fr]|.fence", text) and "(bad)" in text2 or text == "fwait":
            continue
        width = 48 - bits if is_resized(item) else bits
        if length == length2 and relative(text, 0x8000, width) == relative(text2, 32 * n, width):
            continue
        bad += 1
        if bad <= 60:
            print(f"{bits} {item[:max(length, length2)].hex()}: {length} {text!r}, "
                  f"objdump {length2} {text2!r}")
    return bad, compared


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    total = 0
    for bits in (32, 16):
        bad, compared = compare(program, bits, count, rng)
        print(f"{bits} bits: {compared} of {count} compared, {bad} differ")
        total += bad
    return total > 0


if __name__ == "__main__":
    sys.exit(main())
