/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86 guest's registers as gdb numbers them (features org.gnu.gdb.i386.core and
 * org.gnu.gdb.i386.sse), and all of them as text.
 *
 * "eip" is the linear address of the next instruction, since that is what breakpoints and
 * memory are addressed by; with flat segments there is no difference.
 */
#include "guest/x86/protect.h"
#include "guest/x86/x87.h"

#include <stdio.h>
#include <string.h>

#define GDB_EIP 8u
#define GDB_EFLAGS 9u
#define GDB_CS 10u
#define GDB_ST0 16u
#define GDB_FCTRL 24u
#define GDB_XMM0 32u
#define GDB_MXCSR 40u

#define CORE "org.gnu.gdb.i386.core"
#define SSE "org.gnu.gdb.i386.sse"
#define R(name)                                                                                    \
	{                                                                                          \
		name, CORE, 32, NULL                                                               \
	}
#define ST(n)                                                                                      \
	{                                                                                          \
		"st" #n, CORE, 80, "i387_ext"                                                      \
	}
#define XMM(n)                                                                                     \
	{                                                                                          \
		"xmm" #n, SSE, 128, "uint128"                                                      \
	}

const struct guest_register x86_gdb_registers[X86_GDB_REGISTERS] = {
	R("eax"),
	R("ecx"),
	R("edx"),
	R("ebx"),
	{ "esp", CORE, 32, "data_ptr" },
	{ "ebp", CORE, 32, "data_ptr" },
	R("esi"),
	R("edi"),
	{ "eip", CORE, 32, "code_ptr" },
	R("eflags"),
	R("cs"),
	R("ss"),
	R("ds"),
	R("es"),
	R("fs"),
	R("gs"),
	ST(0),
	ST(1),
	ST(2),
	ST(3),
	ST(4),
	ST(5),
	ST(6),
	ST(7),
	R("fctrl"),
	R("fstat"),
	R("ftag"),
	R("fiseg"),
	R("fioff"),
	R("foseg"),
	R("fooff"),
	R("fop"),
	XMM(0),
	XMM(1),
	XMM(2),
	XMM(3),
	XMM(4),
	XMM(5),
	XMM(6),
	XMM(7),
	{ "mxcsr", SSE, 32, NULL },
};

/* gdb's order. */
static const uint8_t gdb_segments[] = { X86_CS, X86_SS, X86_DS, X86_ES, X86_FS, X86_GS };

/* Two bits a register, by its contents (SDM 1, 8.1.7): valid, zero, special, empty. */
static uint32_t fpu_tags(const struct x86_fpu *f)
{
	uint32_t tags = 0;

	for (unsigned i = 0; i < 8; i++) {
		unsigned exponent = f->st[i].u64[1] & 0x7fff, tag = 0;
		uint64_t significand = f->st[i].u64[0];

		if (f->empty >> i & 1)
			tag = 3;
		else if (exponent == 0 && significand == 0)
			tag = 1;
		else if (exponent == 0 || exponent == 0x7fff || !(significand >> 63))
			tag = 2;
		tags |= tag << (2 * i);
	}
	return tags;
}

static void set_fpu_tags(struct x86_fpu *f, uint32_t tags)
{
	f->empty = 0;
	for (unsigned i = 0; i < 8; i++)
		if ((tags >> (2 * i) & 3) == 3)
			f->empty |= 1u << i;
}

static uint32_t read_fpu_word(const struct x86_fpu *f, unsigned n)
{
	const uint32_t words[] = {
		f->control,   f->status | f->top << 11,
		fpu_tags(f),  f->last_cs,
		f->last_ip,   f->last_ds,
		f->last_data, f->last & 0x7ff,
	};

	return words[n];
}

static void write_fpu_word(struct x86_fpu *f, unsigned n, uint32_t value)
{
	switch (n) {
	case 0:
		f->control = (value & X87_CONTROL_KEPT) | 0x40;
		x87_summarise(f);
		break;
	case 1:
		f->status = value & 0xc7ff;
		f->top = value >> 11 & 7;
		x87_summarise(f);
		break;
	case 2:
		set_fpu_tags(f, value);
		break;
	case 3:
		f->last_cs = (uint16_t)value;
		break;
	case 4:
		f->last_ip = value;
		break;
	case 5:
		f->last_ds = (uint16_t)value;
		break;
	case 6:
		f->last_data = value;
		break;
	default:
		f->last = (f->last & ~0x7ffu) | (value & 0x7ff);
		break;
	}
}

static uint32_t read_word(struct x86 *x, unsigned n)
{
	if (n < GDB_EIP)
		return x->r[n];
	if (n == GDB_EIP)
		return x->cpu.pc;
	if (n == GDB_EFLAGS)
		return x86_eflags(x);
	if (n < GDB_ST0)
		return x->segment[gdb_segments[n - GDB_CS]].selector;
	if (n == GDB_MXCSR)
		return x86_mxcsr_read(x);
	x86_fpu_keep_selectors(x);
	return read_fpu_word(&x->fpu, n - GDB_FCTRL);
}

void x86_read_register(struct cpu *cpu, unsigned number, void *value)
{
	struct x86 *x = x86_of(cpu);

	if (number >= GDB_XMM0 && number < GDB_MXCSR) {
		memcpy(value, &x->xmm[number - GDB_XMM0], 16);
	} else if (number >= GDB_ST0 && number < GDB_FCTRL) {
		memcpy(value, &x->fpu.st[(number - GDB_ST0 + x->fpu.top) & 7], 10);
	} else {
		uint32_t word = read_word(x, number);

		memcpy(value, &word, sizeof word);
	}
}

/* Segment registers only where that can't fail; what a system set up stays usable. */
static void write_segment(struct x86 *x, unsigned segment, uint16_t selector)
{
	if (!x86_protected(x) && segment != X86_CS)
		x86_load_plain_segment(x, segment, selector);
}

static void write_word(struct x86 *x, unsigned n, uint32_t word)
{
	if (n < GDB_EIP)
		x->r[n] = word;
	else if (n == GDB_EIP)
		x->cpu.pc = word;
	else if (n == GDB_EFLAGS)
		x86_write_eflags(x, word, ~(X86_VM | X86_RF));
	else if (n < GDB_ST0)
		write_segment(x, gdb_segments[n - GDB_CS], (uint16_t)word);
	else if (n == GDB_MXCSR)
		x86_mxcsr_write(x, word & 0xffff);
	else
		write_fpu_word(&x->fpu, n - GDB_FCTRL, word);
}

void x86_write_register(struct cpu *cpu, unsigned number, const void *value)
{
	struct x86 *x = x86_of(cpu);

	if (number >= GDB_XMM0 && number < GDB_MXCSR) {
		memcpy(&x->xmm[number - GDB_XMM0], value, 16);
	} else if (number >= GDB_ST0 && number < GDB_FCTRL) {
		memcpy(&x->fpu.st[(number - GDB_ST0 + x->fpu.top) & 7], value, 10);
	} else {
		uint32_t word;

		memcpy(&word, value, sizeof word);
		write_word(x, number, word);
	}
	x->step = x->eflags & X86_TF;
}

static void dump_segment(const char *name, const struct x86_segment *s,
			 void (*line)(const char *text))
{
	char text[100];

	snprintf(text, sizeof text, "%-4s %04x base %08x limit %08x access %06x", name, s->selector,
		 s->base, s->limit, s->access);
	line(text);
}

static void dump_system(const struct x86 *x, void (*line)(const char *text))
{
	static const char *const names[] = { "es", "cs", "ss", "ds", "fs", "gs" };
	char text[100];

	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		dump_segment(names[i], &x->segment[i], line);
	dump_segment("ldtr", &x->ldtr, line);
	dump_segment("tr", &x->tr, line);
	snprintf(text, sizeof text, "gdt %08x %04x idt %08x %04x a20 %u intr %u nmi %u",
		 x->gdt_base, x->gdt_limit, x->idt_base, x->idt_limit, x->a20, x->intr, x->nmi);
	line(text);
	snprintf(text, sizeof text, "cr0 %08x cr2 %08x cr3 %08x cr4 %08x efer %x", x->cr0, x->cr2,
		 x->cr3, x->cr4, (unsigned)x->efer);
	line(text);
}

void x86_dump(struct cpu *cpu, void (*line)(const char *text))
{
	const struct x86 *x = x86_of(cpu);
	char text[100];

	snprintf(text, sizeof text, "eax %08x ecx %08x edx %08x ebx %08x", x->r[0], x->r[1],
		 x->r[2], x->r[3]);
	line(text);
	snprintf(text, sizeof text, "esp %08x ebp %08x esi %08x edi %08x", x->r[4], x->r[5],
		 x->r[6], x->r[7]);
	line(text);
	snprintf(text, sizeof text, "eip %08x linear %08x eflags %08x cpl %u", x86_eip(x),
		 x->cpu.pc, x86_eflags(x), x86_cpl(x));
	line(text);
	dump_system(x, line);
}
