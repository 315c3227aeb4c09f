/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86 guest as the core sees it: creation, reset (SDM 3, 9.1), saved state, names of
 * slots, and the table of all its functions.
 */
#include "guest/x86/x86.h"

#include <emu/archive.h>
#include <stdio.h>

#include "guest/x86/protect.h"

#define SLOT(label, field, kind)                                                                   \
	{                                                                                          \
		label, offsetof(struct x86, field), kind                                           \
	}
#define SLOT_SEGMENT(name, n)                                                                      \
	SLOT(name "_base", segment[n].base, IR_I32), SLOT(name "_span", segment[n].span, IR_I32),  \
		SLOT(name "_span_write", segment[n].span_write, IR_I32)
/* An MMX register is the low half of an x87 one; both names are of one slot's offset. */
#define SLOT_ST(n)                                                                                 \
	SLOT("st" #n, fpu.st[n], IR_V128), SLOT("mm" #n, fpu.st[n], IR_I64),                       \
		SLOT("st" #n "_high", fpu.st[n].u64[1], IR_I64)
#define SLOT_XMM(n)                                                                                \
	SLOT("xmm" #n, xmm[n], IR_V128), SLOT("xmm" #n "_low", xmm[n], IR_I64),                    \
		SLOT("xmm" #n "_high", xmm[n].u64[1], IR_I64)

static const struct ir_slot x86_slots[] = {
	SLOT("eax", r[X86_EAX], IR_I32),
	SLOT("ecx", r[X86_ECX], IR_I32),
	SLOT("edx", r[X86_EDX], IR_I32),
	SLOT("ebx", r[X86_EBX], IR_I32),
	SLOT("esp", r[X86_ESP], IR_I32),
	SLOT("ebp", r[X86_EBP], IR_I32),
	SLOT("esi", r[X86_ESI], IR_I32),
	SLOT("edi", r[X86_EDI], IR_I32),
	SLOT("flags_kind", flags_kind, IR_I32),
	SLOT("flags_kind_inc", flags_kind, IR_I64),
	SLOT("flags_inc", flags_inc, IR_I32),
	SLOT("flags_inc_result", flags_inc_result, IR_I32),
	SLOT("flags_result", flags_result, IR_I32),
	SLOT("flags_source", flags_source, IR_I32),
	SLOT("flags_carry", flags_carry, IR_I32),
	SLOT("eflags", eflags, IR_I32),
	SLOT("shadow", shadow, IR_I32),
	SLOT_SEGMENT("es", X86_ES),
	SLOT_SEGMENT("cs", X86_CS),
	SLOT_SEGMENT("ss", X86_SS),
	SLOT_SEGMENT("ds", X86_DS),
	SLOT_SEGMENT("fs", X86_FS),
	SLOT_SEGMENT("gs", X86_GS),
	SLOT_ST(0),
	SLOT_ST(1),
	SLOT_ST(2),
	SLOT_ST(3),
	SLOT_ST(4),
	SLOT_ST(5),
	SLOT_ST(6),
	SLOT_ST(7),
	SLOT("fpu_top", fpu.top, IR_I32),
	SLOT("fpu_status", fpu.status, IR_I32),
	SLOT("fpu_control", fpu.control, IR_I32),
	SLOT("fpu_empty", fpu.empty, IR_I32),
	SLOT("mxcsr", fpu.mxcsr, IR_I32),
	SLOT("fpu_last_ip", fpu.last_ip, IR_I32),
	SLOT("fpu_last_data", fpu.last_data, IR_I32),
	SLOT("fpu_last", fpu.last, IR_I32),
	SLOT("fpu_next_status", fpu.next_status, IR_I32),
	SLOT("fpu_operand", fpu.operand, IR_V128),
	SLOT("fpu_result", fpu.result, IR_V128),
	SLOT_XMM(0),
	SLOT_XMM(1),
	SLOT_XMM(2),
	SLOT_XMM(3),
	SLOT_XMM(4),
	SLOT_XMM(5),
	SLOT_XMM(6),
	SLOT_XMM(7),
	SLOT("fp_rounding", cpu.fp_rounding, IR_I32),
	SLOT("fp_sticky", cpu.fp_sticky, IR_I32),
	{ NULL, 0, 0 },
};

void x86_connect_pic(struct cpu *cpu, int (*acknowledge)(void *pic), void *pic)
{
	struct x86 *x = x86_of(cpu);

	x->acknowledge = acknowledge;
	x->pic = pic;
}

void x86_connect_ferr(struct cpu *cpu, struct irq line)
{
	x86_of(cpu)->ferr = line;
}

void x86_connect_io(struct cpu *cpu, struct bus *io)
{
	x86_of(cpu)->io = io;
}

static bool x86_create(struct cpu *cpu, const char *model)
{
	struct x86 *x = x86_of(cpu);

	x->model = x86_model_find(model);
	x->a20 = true;
	return x->model != NULL;
}

static void reset_segments(struct x86 *x)
{
	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		x86_set_segment(x, i, 0, 0, 0xffff, X86_REAL_ACCESS);
	x86_set_segment(x, X86_CS, 0xf000, 0xffff0000, 0xffff, X86_REAL_ACCESS);
	x->ldtr = (struct x86_segment){ .limit = 0xffff };
	x->tr = (struct x86_segment){ .limit = 0xffff,
				      .access = X86_PRESENT | X86_TSS32_BUSY << 8 };
	x->gdt_base = x->idt_base = 0;
	x->gdt_limit = x->idt_limit = 0xffff;
}

/* What both kinds of reset do.  Inputs keep their levels: whoever drives them is reset,
 * too. */
void x86_init(struct x86 *x)
{
	for (unsigned i = 0; i < COUNT_OF(x->r); i++)
		x->r[i] = 0;
	x->r[X86_EDX] = x->model->signature;
	x->eflags = 2;
	x86_set_flags(x, 0);
	x->shadow = 0;
	x->cr0 = X86_CR0_ET | (x->cr0 & (X86_CR0_CD | X86_CR0_NW));
	x->cr2 = x->cr3 = x->cr4 = 0;
	x->efer = 0;
	for (unsigned i = 0; i < COUNT_OF(x->pae_directory); i++)
		x->pae_directory[i] = 0;
	reset_segments(x);
	x86_debug_reset(x);
	x->nmi_pending = x->nmi_blocked = x->init_pending = false;
	x->shut_down = x->cpu.postponed = false;
	x->delivery = X86_DELIVERY_NONE;
	x->cpu.pc = 0xfffffff0;
	mem_drop(x->cpu.mem);
}

static void x86_reset(struct cpu *cpu)
{
	struct x86 *x = x86_of(cpu);

	x86_reset_code_segments(x);
	x->cr0 = x->model->family >= 4 ? X86_CR0_CD | X86_CR0_NW : 0;
	x86_init(x);
	x->a20 = true;
	x->sysenter_cs = x->sysenter_esp = x->sysenter_eip = 0;
	x86_msr_reset(x);
	x86_fpu_reset(x);
}

/* As EFLAGS has them: how they are kept needn't outlive the program. */
static void state_flags(struct x86 *x, struct archive *a)
{
	uint32_t flags = x86_flags(x);

	archive_u32(a, "flags", &flags);
	x86_set_flags(x, flags);
}

static void state_registers(struct x86 *x, struct archive *a)
{
	archive_bytes(a, "r", x->r, sizeof x->r);
	state_flags(x, a);
	archive_u32(a, "eflags", &x->eflags);
	archive_u32(a, "shadow", &x->shadow);
	archive_require(a, x->shadow <= 1 && !(x->eflags & X86_ARITHMETIC) && x->eflags & 2);
}

/* Without what follows from the rest. */
static void state_segment(struct x86_segment *s, struct archive *a, const char *name)
{
	char text[16];

	snprintf(text, sizeof text, "%s_base", name);
	archive_u32(a, text, &s->base);
	snprintf(text, sizeof text, "%s_limit", name);
	archive_u32(a, text, &s->limit);
	snprintf(text, sizeof text, "%s_access", name);
	archive_u32(a, text, &s->access);
	archive_require(a, !(s->access & ~X86_ACCESS_MASK));
	snprintf(text, sizeof text, "%s", name);
	archive_u16(a, text, &s->selector);
}

static void state_segments(struct x86 *x, struct archive *a)
{
	static const char *const names[] = { "es", "cs", "ss", "ds", "fs", "gs" };

	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		state_segment(&x->segment[i], a, names[i]);
	state_segment(&x->ldtr, a, "ldtr");
	state_segment(&x->tr, a, "tr");
	archive_u32(a, "gdt_base", &x->gdt_base);
	archive_u16(a, "gdt_limit", &x->gdt_limit);
	archive_u32(a, "idt_base", &x->idt_base);
	archive_u16(a, "idt_limit", &x->idt_limit);
}

static void state_system(struct x86 *x, struct archive *a)
{
	archive_u32(a, "cr0", &x->cr0);
	archive_u32(a, "cr2", &x->cr2);
	archive_u32(a, "cr3", &x->cr3);
	archive_u32(a, "cr4", &x->cr4);
	archive_require(a, x->cr0 & X86_CR0_PE || !(x->cr0 & X86_CR0_PG || x->eflags & X86_VM));
	archive_bytes(a, "dr", x->dr, sizeof x->dr);
	archive_bytes(a, "pae_directory", x->pae_directory, sizeof x->pae_directory);
	archive_u64(a, "efer", &x->efer);
	archive_u32(a, "sysenter_cs", &x->sysenter_cs);
	archive_u32(a, "sysenter_esp", &x->sysenter_esp);
	archive_u32(a, "sysenter_eip", &x->sysenter_eip);
	archive_u64(a, "tsc_offset", &x->tsc_offset);
	archive_u64(a, "pat", &x->pat);
	archive_bytes(a, "mtrr", x->mtrr, sizeof x->mtrr);
	archive_bool(a, "intr", &x->intr);
	archive_bool(a, "nmi", &x->nmi);
	archive_bool(a, "nmi_pending", &x->nmi_pending);
	archive_bool(a, "nmi_blocked", &x->nmi_blocked);
	archive_bool(a, "a20", &x->a20);
	archive_bool(a, "ignne", &x->ignne);
	archive_bool(a, "init", &x->init);
	archive_bool(a, "init_pending", &x->init_pending);
	archive_bool(a, "shut_down", &x->shut_down);
	archive_bool(a, "postponed", &x->cpu.postponed);
	archive_u16(a, "postponed_vector", &x->postponed_vector);
	archive_u32(a, "postponed_code", &x->postponed_code);
	archive_require(a, x->postponed_vector < 32);
}

static void x86_state(struct cpu *cpu, struct archive *a)
{
	struct x86 *x = x86_of(cpu);

	state_registers(x, a);
	state_segments(x, a);
	state_system(x, a);
	x86_fpu_state(x, a);
	if (!archive_loading(a))
		return;
	x86_reset_code_segments(x);
	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		x86_put_segment(x, i, &x->segment[i]);
	x->step = x->eflags & X86_TF;
	x->debug_hits = 0;
	x->delivery = X86_DELIVERY_NONE;
	mem_drop(cpu->mem);
	x86_watch(x);
}

const struct guest guest_x86 = {
	.name = "x86",
	.state_bytes = sizeof(struct x86),
	.slots = x86_slots,
	.pinned = { offsetof(struct x86, r[X86_EAX]), offsetof(struct x86, r[X86_ESP]),
		    offsetof(struct x86, r[X86_EDX]), offsetof(struct x86, r[X86_ECX]),
		    offsetof(struct x86, r[X86_EBX]), offsetof(struct x86, r[X86_ESI]),
		    offsetof(struct x86, r[X86_EDI]), offsetof(struct x86, r[X86_EBP]),
		    offsetof(struct x86, flags_result), 0 },
	.booleans = (const uint16_t[]){ offsetof(struct x86, shadow), 0 },
	.x87 = offsetof(struct x86, fpu),
	.sees_own_stores = true,
	.pc_mask = ~0u,
	.create = x86_create,
	.reset = x86_reset,
	.state = x86_state,
	.modes = x86_modes,
	.fetch_space = x86_fetch_space,
	.translate = x86_translate,
	.walk = x86_walk,
	.root = x86_root,
	.abort = x86_abort,
	.watched = x86_watched,
	.interrupt = x86_interrupt,
	.deliver_postponed = x86_deliver_postponed,
	.wakes = x86_wakes,
	.input = x86_input,
	.disassemble = x86_disassemble,
	.registers = x86_gdb_registers,
	.register_count = X86_GDB_REGISTERS,
	.gdb_architecture = "i386",
	.read_register = x86_read_register,
	.write_register = x86_write_register,
	.dump = x86_dump,
};
