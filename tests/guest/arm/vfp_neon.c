/* SPDX-License-Identifier: BSD-2-Clause
 *
 * VFP and NEON: random instructions in random states, translated and run by the
 * interpreter and by the host's back end, against what a Cortex-A15 as modelled by
 * qemu-arm 7.2 made of them, recorded as checksums in vfp_neon.expected by
 * vfp_neon_record.sh.
 *
 *	vfp_neon			compares with the record
 *	vfp_neon emit SEED COUNT	writes cases to standard output
 *	vfp_neon check SEED FILE	compares with cases a processor has run
 *	vfp_neon sums SEED FILE		prints the record of such cases
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/memory.h"
#include "guest/arm/emit.h"
#include "guest/arm/neon.h"
#include "host/host.h"

#include "tap.h"
#include "vfp_neon_case.h"

#define RECORD "tests/guest/arm/vfp_neon.expected"
#define RECORD_SEED 20240229

/* What the parts under test need of the rest. */
static struct arm_model model = { .name = "cortex-a15",
				  .fma = true,
				  .mvfr = { 0x10110222, 0x11111111 } };
static struct arm arm;
static uint8_t memory[CASE_MEMORY_BYTES];
static void *unwind[5];
/* Volatile, as clang doesn't see that __builtin_setjmp may return again. */
static volatile bool undefined;

ir_value arm_reg(struct arm_unit *u, unsigned n)
{
	if (n == 15)
		return ir_const32(u->ir, u->pc + 8);
	return ir_get(u->ir, IR_I32, ARM_SLOT(r) + 4 * n);
}

void arm_set_reg(struct arm_unit *u, unsigned n, ir_value value)
{
	ir_set(u->ir, IR_I32, ARM_SLOT(r) + 4 * n, value);
}

struct ir_mem arm_mem(const struct arm_unit *u, unsigned size, unsigned align)
{
	return (struct ir_mem){ .size = size & 7,
				.big = (u->modes & ARM_MODE_BIG) != 0,
				.align = align & 7 };
}

void arm_flags_changed(struct arm_unit *u)
{
	(void)u;
}

void arm_end_block(struct arm_unit *u)
{
	ir_exit_run(u->ir, ir_const32(u->ir, u->pc + 4));
	u->ended = true;
}

static _Noreturn void raise_undefined(void)
{
	undefined = true;
	host_unwound(&arm.cpu);
	__builtin_longjmp(unwind, 1);
}

_Noreturn void arm_raise_undefined(struct arm *cpu)
{
	(void)cpu;
	raise_undefined();
}

static uint8_t *memory_at(gva address, unsigned bytes, struct ir_mem how)
{
	gva offset = address - CASE_MEMORY;

	if (offset > CASE_MEMORY_BYTES - bytes || (how.align && address & ((1u << how.align) - 1)))
		raise_undefined();
	return memory + offset;
}

uint64_t mem_load(struct cpu *cpu, gva address, struct ir_mem how)
{
	uint64_t value = 0;

	(void)cpu;
	memcpy(&value, memory_at(address, 1u << how.size, how), (size_t)1 << how.size);
	if (how.big)
		value = __builtin_bswap64(value) >> (64 - (8u << how.size));
	return value;
}

void mem_store(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value)
{
	(void)cpu;
	memcpy(memory_at(address, 1u << how.size, how), &value, (size_t)1 << how.size);
}

void mem_load_vector(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value[2])
{
	(void)cpu;
	memcpy(value, memory_at(address, 16, how), 16);
}

void mem_store_vector(struct cpu *cpu, gva address, struct ir_mem how, const uint64_t value[2])
{
	(void)cpu;
	memcpy(memory_at(address, 16, how), value, 16);
}

hva mem_span(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes, bool write)
{
	uint8_t *at = memory_at(address, bytes, how);

	(void)write;
	(void)cpu;
	return (hva)(uintptr_t)at;
}

void mem_span_end(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	(void)cpu, (void)address, (void)how, (void)bytes;
}

_Noreturn void cpu_raise(struct cpu *cpu)
{
	(void)cpu;
	raise_undefined();
}

/* Below 2 GiB, as the back end wants it. */
static void *low_pages(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED) {
		bail_out("no memory below 2 GiB");
		exit(1);
	}
	return at;
}

/* Empty: every access takes the slow way to the functions above. */
const uint64_t *mem_read_table(const struct mem *mem, unsigned space)
{
	static const uint64_t *table;

	(void)mem;
	(void)space;
	if (!table)
		table = low_pages((size_t)8 << 20);
	return table;
}

const uint64_t *mem_write_table(const struct mem *mem, unsigned space)
{
	return mem_read_table(mem, space);
}

/* Runs a block by the host's back end. */
static void run_on_host(const struct ir_block *b)
{
	static const struct guest guest = { .name = "arm",
					    .pinned = { ARM_SLOT(r[0]), ARM_SLOT(r[1]),
							ARM_SLOT(r[2]), ARM_SLOT(r[13]) } };
	const size_t room = 1 << 20;
	static struct host *host;
	static uint8_t *code;
	static size_t used;
	static struct host_code made;
	static struct cpu_jump jumps[CPU_JUMPS];

	arm.cpu.guest = &guest;
	arm.cpu.jumps = jumps;
	if (!host) {
		code = low_pages(room);
		host = host_create(&arm.cpu, code, room, &used);
	}
	if (!host || !host_compile(host, b, code + used, room - used, HOST_LINK, &made)) {
		bail_out("the back end can't");
		exit(1);
	}
	host_enter(host, &arm.cpu, code + used);
}

/* Cases. */
static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1d;
}

static bool chance(unsigned of)
{
	return random64() >> 32 & 1 ? (random64() >> 32) % of == 0 : (random64() >> 32) % of == 1;
}

static uint32_t random_single(void)
{
	static const uint32_t special[] = {
		0,          1,          0x007fffff, 0x00800000, 0x3f800000, 0x3f000000, 0x40000000,
		0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7fa00001, 0x4b800000, 0x4f000000, 0x4effffff,
		0x3f7fffff, 0x38800000, 0x477fe000, 0x47800000, 0x7e800000, 0x7fffffff,
	};
	uint32_t any = (uint32_t)(random64() >> 32);

	if (chance(3))
		return special[any % (sizeof special / sizeof special[0])] ^ (any & 0x80000000);
	if (chance(2)) /* near 1 */
		return (any & 0x83ffffff) + 0x3d000000;
	return any;
}

static uint64_t random_double(void)
{
	static const uint64_t special[] = {
		0,
		1,
		0x000fffffffffffff,
		0x0010000000000000,
		0x3ff0000000000000,
		0x7fefffffffffffff,
		0x7ff0000000000000,
		0x7ff8000000000000,
		0x7ff4000000000001,
		0x41e0000000000000,
		0x41dfffffffc00000,
		0x380fffffffffffff,
		0x36a0000000000000,
		0x47efffffffffffff,
	};
	uint64_t any = random64();

	if (chance(3))
		return special[(any & 0xffff) % (sizeof special / sizeof special[0])] ^
		       (any & 1ull << 63);
	if (chance(2))
		return (any & 0x801fffffffffffff) + 0x3ff0000000000000 - ((any >> 60 & 7) << 52);
	return any;
}

static uint64_t random_register(void)
{
	uint64_t any = random64();

	switch (random64() >> 32 & 7) {
	case 0:
	case 1:
		return random_single() | (uint64_t)random_single() << 32;
	case 2:
	case 3:
		return random_double();
	case 4: /* few values per byte */
		return (any & 0x8080808080808080) | (random64() & 0x4101010101014101);
	case 5: /* saturating lanes */
		return any & 1 ? 0x7fff8000ffff0001 : 0x800000007fffffff;
	case 6: /* small bytes: shift counts, table indices */
		return (any & (any & 1 ? 0x1f1f1f1f1f1f1f1f : 0x8080808080808080)) ^
		       (any & 2 ? 0xe000f000f800e0ff : 0);
	default:
		return any;
	}
}

static uint32_t random_insn(void)
{
	uint32_t any = (uint32_t)(random64() >> 32), core = any >> 20 & 0xfff;
	uint32_t even = chance(4) ? 0 : 0x00011001;

	core = core % 13;
	switch (random64() >> 32 & 15) {
	case 0 ... 3: /* Advanced SIMD data */
		any &= 0x01ffffff;
		return 0xf2000000 | (any & 0x40 ? any & ~even : any);
	case 4: /* floating point among it: three registers, ... */
		any &= 0x016fffff;
		return 0xf2000c00 | (any & 0x40 ? any & ~even : any);
	case 5: /* ... two registers */
		any &= 0x0043f6ff;
		return 0xf3b80400 | (any & 0x40 ? any & ~even : any);
	case 6: /* FPSCR */
		return 0xeee10a10 | (any & 0x00100000) | core << 12;
	case 7: /* structures */
		any &= 0x00e0fff0;
		return 0xf4000000 | any | core << 16 |
		       (chance(2) ? 15 :
			chance(2) ? 13 :
				    (core + 1) % 13);
	case 8 ... 11: /* VFP data */
		return 0xee000a00 | (any & 0x00fff1ef);
	case 12: /* VFP three registers and VCVT again */
		return 0xeeb00a40 | (any & 0x004ff1af);
	case 13: /* core registers */
		any &= 0x00fff1ff;
		return (any & 0x0000f000) >= 0xd000 ? 0xeef1fa10 : 0xee000a10 | any;
	case 14: /* two core registers */
		any = 0xec400a10 | (any & 0x00100120) | core << 16 | (core + 1) % 13 << 12 |
		      (any & 15);
		return any;
	default:
		return 0xec000a00 | (any & 0x01f0f11f) | core << 16;
	}
}

/* What the architecture leaves open, so that processors differ. */
static bool unpredictable(uint32_t i)
{
	bool wide = i & 0x100;
	unsigned d = wide ? (i >> 18 & 16) | (i >> 12 & 15) : (i >> 11 & 30) | (i >> 22 & 1);

	if ((i & 0xfe000000) == 0xec000000 && (i & 0x01e00000) != 0x00400000) { /* VLDM */
		bool multiple = (i & 0x01200000) != 0x01000000;
		unsigned words = i & 0xff, count = wide ? words / 2 : words;

		if (multiple && (!count || count > 16 || d + count > 32 || (wide && words & 1)))
			return true;
	}
	if ((i & 0x0fe00000) == 0x0c400000 && /* VMOV of two */
	    ((i >> 12 & 15) > 12 || (i >> 12 & 15) == (i >> 16 & 15) ||
	     (!wide && (i & 0x2f) == 0x2f)))
		return true;
	if ((i & 0xff000010) == 0xee000010) {
		if ((i & 0x00e00100) == 0x00e00000) /* VMSR of FPSCR and VMRS only */
			return (i & 0x000f00ef) != 0x00010000;
		return i & 0xf || (!wide && i & 0x60);
	}
	if ((i & 0xffb30c00) == 0xf3b20000 && (i & 0x780) <= 0x180) /* VSWP to VZIP of one */
		return (i >> 12 & 15) == (i & 15) && (i >> 22 & 1) == (i >> 5 & 1);
	return false;
}

/* Registers an access to memory goes beyond, or a fixed point's size. */
static bool still_unpredictable(uint32_t i)
{
	if ((i & 0x0fba0e50) == 0x0eba0a40) /* VCVT, fixed: more fraction bits than bits */
		return !(i & 0x80) && ((i & 15) << 1 | (i >> 5 & 1)) > 16;
	if ((i & 0xff000000) == 0xf4000000) {
		unsigned d = (i >> 18 & 16) | (i >> 12 & 15);

		return d > 24; /* too strict, and simple */
	}
	if ((i & 0xffb00c00) == 0xf3b00800) /* VTBL beyond d31 */
		return ((i >> 3 & 16) | (i >> 16 & 15)) + (i >> 8 & 3) > 31;
	return false;
}

static void random_case(struct vfp_neon_case *c)
{
	uint32_t any = (uint32_t)(random64() >> 32);

	memset(c, 0, sizeof *c);
	do
		c->insn = random_insn();
	while (unpredictable(c->insn) || still_unpredictable(c->insn));
	c->cpsr = any & 0xf0000000;
	c->fpscr = (any << 4 & 0xf0000000) | (any & 0x00c00000);
	if (chance(4))
		c->fpscr |= any << 8 & 0x07000000;
	if (chance(4))
		c->fpscr |= any & 0x0800009f;
	for (unsigned n = 0; n < 13; n++)
		c->r[n] = CASE_MEMORY + 192 + 32 * (uint32_t)(random64() >> 32 & 3);
	if ((c->insn & 0xff000010) == 0xee000010 && (c->insn >> 12 & 15) < 13)
		c->r[c->insn >> 12 & 15] = (uint32_t)(random64() >> 32) & ~0x00379f60u;
	if ((c->insn & 0xff800000) == 0xf4000000 && (c->insn & 15) < 13)
		c->r[c->insn & 15] = (uint32_t)random64();
	for (unsigned n = 0; n < 32; n++)
		c->d[n] = random_register();
	for (unsigned n = 0; n < CASE_MEMORY_BYTES; n += 8) {
		uint64_t value = random_register();

		memcpy(c->memory + n, &value, 8);
	}
}

/* Runs one here.  False: what was translated isn't valid. */
static struct ir_block block;

static bool translate(uint32_t insn)
{
	struct arm_unit unit = {
		.ir = &block, .arm = &arm, .modes = arm.cpu.modes, .pc = 0x8000, .bytes = 4
	};
	bool good;

	ir_begin(&block, unit.pc, unit.modes, NULL);
	ir_insn(&block, unit.pc);
	if (insn >> 28 != 15)
		good = arm_translate_vfp(&unit, insn);
	else if (insn >> 25 == 0x79)
		good = arm_translate_neon_data(&unit, insn);
	else
		good = arm_translate_neon_memory(&unit, insn);
	if (!good) {
		undefined = true;
		return block.count == 1;
	}
	if (!unit.ended)
		ir_exit(&block, unit.pc + 4);
	return !ir_verify(&block);
}

static void print_line(const char *text)
{
	diag("%s", text);
}

static void state_from_case(const struct vfp_neon_case *c)
{
	memset(&arm, 0, sizeof arm);
	arm.model = &model;
	arm.c15.cpacr = 0xf << 20;
	arm_fpscr_write(&arm, c->fpscr);
	arm.cpu.modes = ARM_MODE_VFP;
	if (c->fpscr & (ARM_FPSCR_FZ | ARM_FPSCR_DN))
		arm.cpu.modes |= ARM_MODE_FP_SLOW;
	arm.nf = c->cpsr;
	arm.zf = ~c->cpsr & 1u << 30;
	arm.cf = c->cpsr >> 29 & 1;
	arm.vf = c->cpsr >> 28 & 1;
	memcpy(arm.r, c->r, sizeof c->r);
	memcpy(arm.v.d, c->d, sizeof c->d);
	memcpy(memory, c->memory, sizeof memory);
}

static void state_to_case(struct vfp_neon_case *c)
{
	c->undefined = undefined;
	c->fpscr = arm_fpscr_read(&arm);
	c->cpsr = (arm.nf & 1u << 31) | (arm.zf ? 0 : 1u << 30) | arm.cf << 29 | arm.vf << 28;
	memcpy(c->r, arm.r, sizeof c->r);
	memcpy(c->d, arm.v.d, sizeof c->d);
	memcpy(c->memory, memory, sizeof memory);
}

/* `how` 0: interpreted, 1: optimised and interpreted, 2: compiled. */
static bool run_case(struct vfp_neon_case *c, unsigned how)
{
	state_from_case(c);
	undefined = false;
	if (!translate(c->insn)) {
		const char *why = ir_verify(&block);

		diag("%08x: %s", c->insn, why ? why : "undefined, but something was emitted");
		return false;
	}
	if (how && !undefined)
		ir_optimise(&block);
	arm.cpu.budget = 1;
	if (!undefined && !__builtin_setjmp(unwind)) {
		if (how == 2)
			run_on_host(&block);
		else
			ir_run(&arm.cpu, &block);
	}
	state_to_case(c);
	return true;
}

/* Only the fact of an undefined instruction counts. */
static uint32_t checksum(const struct vfp_neon_case *c)
{
	const uint8_t *bytes = (const uint8_t *)c;
	uint32_t sum = 2166136261u;

	if (c->undefined)
		return 0;
	for (size_t k = 0; k < sizeof *c; k++)
		sum = (sum ^ bytes[k]) * 16777619u;
	return sum ? sum : 1;
}

static void print_difference(const struct vfp_neon_case *before, const struct vfp_neon_case *got,
			     const struct vfp_neon_case *expected)
{
	char text[64];

	if (!arm_disassemble_fp(before->insn, text, sizeof text))
		snprintf(text, sizeof text, "?");
	diag("%08x %s: fpscr %08x", before->insn, text, before->fpscr);
	if (got->undefined != expected->undefined) {
		diag("   undefined here: %u, there: %u", got->undefined, expected->undefined);
		return;
	}
	if (got->fpscr != expected->fpscr)
		diag("   fpscr here %08x, there %08x", got->fpscr, expected->fpscr);
	if (got->cpsr != expected->cpsr)
		diag("   cpsr here %08x, there %08x", got->cpsr, expected->cpsr);
	for (unsigned n = 0; n < 13; n++)
		if (got->r[n] != expected->r[n])
			diag("   r%u was %08x, here %08x, there %08x", n, before->r[n], got->r[n],
			     expected->r[n]);
	for (unsigned n = 0; n < 32; n++)
		if (got->d[n] != expected->d[n])
			diag("   d%u was %016" PRIx64 ", here %016" PRIx64 ", there %016" PRIx64, n,
			     before->d[n], got->d[n], expected->d[n]);
	if (memcmp(got->memory, expected->memory, sizeof got->memory) != 0)
		diag("   memory differs");
	{
		unsigned dd = (before->insn >> 18 & 16) | (before->insn >> 12 & 15);
		unsigned nn = (before->insn >> 3 & 16) | (before->insn >> 16 & 15);
		unsigned mm = (before->insn >> 1 & 16) | (before->insn & 15);

		diag("   operands d%u %016" PRIx64 " d%u %016" PRIx64 " d%u %016" PRIx64, dd,
		     before->d[dd], nn, before->d[nn], mm, before->d[mm]);
	}
}

static int emit_cases(unsigned count)
{
	struct vfp_neon_case c;

	while (count-- > 0) {
		random_case(&c);
		fwrite(&c, sizeof c, 1, stdout);
	}
	return 0;
}

static int check_cases(FILE *file)
{
	struct vfp_neon_case before, got, expected;
	unsigned wrong = 0, count = 0, defined = 0;

	for (; fread(&expected, sizeof expected, 1, file) == 1 && wrong < 40; count++) {
		random_case(&before);
		got = before;
		if (!run_case(&got, count % 3)) {
			wrong++;
			continue;
		}
		defined += !expected.undefined;
		if (checksum(&got) == checksum(&expected))
			continue;
		wrong++;
		print_difference(&before, &got, &expected);
		if (wrong < 4)
			ir_print(&block, print_line);
	}
	diag("%u cases, %u defined", count, defined);
	is(wrong, 0, "as the other processor");
	return done();
}

static int print_sums(FILE *file)
{
	struct vfp_neon_case c;

	while (fread(&c, sizeof c, 1, file) == 1)
		printf("%08x\n", checksum(&c));
	return 0;
}

/* What qemu's user mode can't tell. */
static bool run_one(uint32_t insn, uint32_t modes, uint32_t fpscr)
{
	struct vfp_neon_case c = { .insn = insn, .fpscr = fpscr };

	for (unsigned n = 0; n < 13; n++)
		c.r[n] = CASE_MEMORY;
	for (unsigned n = 0; n < 32; n++)
		c.d[n] = 0x0102030405060708 + n;
	for (unsigned n = 0; n < sizeof c.memory; n++)
		c.memory[n] = (uint8_t)n;
	state_from_case(&c);
	arm.cpu.modes = modes;
	arm.fpexc = ARM_FPEXC_EN;
	arm.cpu.budget = 1;
	undefined = false;
	if (!translate(insn))
		return ok(false, "%08x: valid code", insn);
	if (!undefined && !__builtin_setjmp(unwind))
		ir_run(&arm.cpu, &block);
	return !undefined;
}

static void check_system(void)
{
	const uint32_t on = ARM_MODE_VFP, kernel = ARM_MODE_PRIVILEGED;

	ok(!run_one(0xee300a00, 0, 0), "VADD with the unit disabled");
	ok(!run_one(0xf2000800, 0, 0), "VADD.I8 with the unit disabled");
	ok(!run_one(0xf420070f, 0, 0), "VLD1 with the unit disabled");
	ok(!run_one(0xeef81a10, on, 0), "user mode reads FPEXC");
	ok(!run_one(0xeef71a10, on, 0), "user mode reads MVFR0");
	ok(run_one(0xeef71a10, kernel, 0), "privileged mode reads MVFR0, unit disabled");
	is(arm.r[1], model.mvfr[0], "MVFR0");
	ok(run_one(0xeef61a10, kernel, 0), "MVFR1");
	is(arm.r[1], model.mvfr[1], "MVFR1");
	ok(!run_one(0xeef11a10, kernel, 0), "FPSCR with the unit disabled");
	ok(run_one(0xeef81a10, kernel, 0), "FPEXC");
	is(arm.r[1], ARM_FPEXC_EN, "FPEXC");
	ok(run_one(0xeee81a10, kernel, 0), "write of FPEXC");
	is(arm.fpexc, CASE_MEMORY & (ARM_FPEXC_EN | ARM_FPEXC_DEX), "FPEXC written");
	ok(!run_one(0xeef91a10, kernel, 0), "FPINST isn't there");
	ok(run_one(0xee300a00, on | ARM_MODE_VECTOR, 1 << 16), "VADD of the scalar bank");
	ok(!run_one(0xee344a00, on | ARM_MODE_VECTOR, 1 << 16), "VADD of a vector");
	is(arm.fpexc, ARM_FPEXC_EN | ARM_FPEXC_DEX, "FPEXC.DEX is set");
	ok(run_one(0xee344a00, on | ARM_MODE_VECTOR, 1 << 20), "VADD with a stride alone");
}

/* Loads and stores of a big-endian guest. */
static void check_big(void)
{
	const uint32_t big = ARM_MODE_VFP | ARM_MODE_BIG;

	run_one(0xed900b00, big, 0); /* vldr d0, [r0] */
	is(arm.v.d[0], 0x0001020304050607, "VLDR");
	run_one(0xf420074f, big, 0); /* vld1.16 {d0}, [r0] */
	is(arm.v.d[0], 0x0607040502030001, "VLD1.16");
	run_one(0xf420034f, big, 0); /* vld2.16 {d0-d3}, [r0] */
	is(arm.v.d[2], 0x0e0f0a0b06070203, "VLD2.16");
	run_one(0xf400078f, big, 0); /* vst1.32 {d0}, [r0] */
	is(memory[0] << 8 | memory[7], 0x0504, "VST1.32");
}

/* Any word in any mode: valid code of bounded size, and nothing happens to the host. */
static void check_any_word(unsigned words)
{
	static const uint32_t bits[] = { 0xf2000000, 0xf3000000, 0xf4000000, 0xec000a00,
					 0xed000a00, 0xee000a00, 0xeeb00a40, 0xee000a10 };
	unsigned wrong = 0, longest = 0;

	for (unsigned k = 0; k < words; k++) {
		uint32_t any = (uint32_t)(random64() >> 32), prefix = bits[k % 8];
		struct vfp_neon_case c;

		random_case(&c);
		c.insn = prefix | (any & (prefix >> 28 == 15 ? 0x00ffffff : 0x01fff1ff));
		state_from_case(&c);
		arm.cpu.modes = (arm.cpu.modes & ~ARM_MODE_VFP) | (any & 0x55 ? ARM_MODE_VFP : 0) |
				((uint32_t)random64() &
				 (ARM_MODE_PRIVILEGED | ARM_MODE_BIG | ARM_MODE_ALIGN)) |
				(any & 0x300 ? 0 : ARM_MODE_VECTOR);
		arm.cpu.budget = 1;
		undefined = false;
		if (!translate(c.insn)) {
			diag("%08x in modes %08x", c.insn, arm.cpu.modes);
			wrong++;
		} else if (!undefined && !__builtin_setjmp(unwind)) {
			ir_run(&arm.cpu, &block);
		}
		longest = block.count > longest ? block.count : longest;
	}
	is(wrong, 0, "any word makes valid code or none");
	ok(longest <= IR_SPARE_OPS, "at most %u operations", longest);
}

static int check_record(void)
{
	FILE *file = fopen(RECORD, "r");
	struct vfp_neon_case c;
	unsigned wrong = 0, count = 0, sum;

	if (!file) {
		bail_out("no " RECORD ": run from the top of the tree");
		return 1;
	}
	for (; fscanf(file, "%x", &sum) == 1; count++) {
		uint32_t insn;

		random_case(&c);
		insn = c.insn;
		if (run_case(&c, count % 3) && checksum(&c) == sum)
			continue;
		if (wrong++ < 10)
			diag("case %u, %08x: sum %08x, recorded %08x", count, insn, checksum(&c),
			     sum);
	}
	fclose(file);
	ok(count > 1000, "the record has %u cases", count);
	is(wrong, 0, "as recorded");
	check_system();
	check_big();
	check_any_word(100000);
	return done();
}

int main(int count, char **arguments)
{
	const char *what = count == 4 ? arguments[1] : "record";
	FILE *file;

	random_state = count == 4 ? strtoull(arguments[2], NULL, 0) : RECORD_SEED;
	if (strcmp(what, "record") == 0)
		return check_record();
	if (strcmp(what, "emit") == 0)
		return emit_cases((unsigned)strtoul(arguments[3], NULL, 0));
	file = fopen(arguments[3], "rb");
	if (!file)
		return 1;
	return strcmp(what, "check") == 0 ? check_cases(file) : print_sums(file);
}
