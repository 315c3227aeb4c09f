/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CPU's descriptor tables, control registers and MSRs, and what is switched
 * besides the general registers: address space, segment bases, FPU, I/O ports.
 * (AMD64 manual volume 2, chapters 3, 4, 6, 8, 12.)
 */
#include <arch/cpu.h>

#include <arch/entry.h>
#include <arch/fpu.h>
#include <arch/io.h>
#include <arch/kernel_map.h>
#include <core/cpu.h>
#include <core/io.h>
#include <core/kip.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/sched.h>
#include <core/space.h>

#define TSS_IO_BITMAP_END 1 /* the byte of ones behind the bitmap */
#define IST_STACK_SIZE 2048

struct tss {
	uint32_t reserved_0;
	uint64_t rsp[3] __attribute__((packed));
	uint64_t reserved_1 __attribute__((packed));
	uint64_t ist[7] __attribute__((packed));
	uint64_t reserved_2 __attribute__((packed));
	uint16_t reserved_3, io_base;
	uint8_t io_bitmap[IO_BITMAP_BYTES + TSS_IO_BITMAP_END];
};

_Static_assert(offsetof(struct tss, io_bitmap) % 8 == 0, "the bitmap is filled by words");

#define TSS_SIZE 104
#define TSS_NO_IO 0xffff /* bitmap beyond the limit: the fast path leaves it so */

struct arch_cpu {
	struct tss tss;
	unsigned io_first, io_last; /* words of the bitmap in use, if cpu->io_space */
	uint8_t ist_stack[IST_STACK_SIZE] __attribute__((aligned(16)));
};

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

#define GATE_INTERRUPT 0x8e
#define GATE_DPL3 0x60
#define VECTOR_BP 3
#define VECTOR_NMI 2
#define VECTOR_OF 4
#define VECTOR_DF 8
#define VECTOR_MC 18

#define CR0_WP (1ull << 16)
#define CR0_TS (1ull << 3)
#define CR0_NE (1ull << 5)
#define CR0_MP (1ull << 1)
#define CR0_EM (1ull << 2)
#define CR4_PGE (1ull << 7)
#define CR4_PCE (1ull << 8)
#define CR4_TSD (1ull << 2)
#define CR4_UMIP (1ull << 11)
#define CR4_FSGSBASE (1ull << 16)
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)
#define EFER_SCE 1ull
#define SFMASK_ALL 0x3f7fd5ull /* every flag that can be cleared */
#define STUB_SIZE 16           /* of system calls, */
#define ENTRY_SIZE 12          /* their entries, */
#define VECTOR_STUB_SIZE 8     /* and vectors: see entry.S */
#define USER_BASE_SELECTOR (SEL_USER_DATA - 8)

static uint64_t gdt[SEL_TSS / 8 + 2 * MAX_CPUS];
static struct gate idt[256];
static bool has_fsgsbase;

unsigned arch_cpu_pages(void)
{
	return (sizeof(struct arch_cpu) + PAGE_SIZE - 1) / PAGE_SIZE;
}

static uint64_t read_cr0(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

static void write_cr0(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr0" ::"r"(value) : "memory");
}

static uint64_t read_cr4(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

static void write_cr4(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr4" ::"r"(value) : "memory");
}

static void write_cr3(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr3" ::"r"(value) : "memory");
}

static void init_gdt(struct cpu *cpu)
{
	struct arch_cpu *arch = cpu->arch;
	uint64_t base = (uint64_t)(uintptr_t)&arch->tss, limit = sizeof(struct tss) - 1;
	unsigned slot = SEL_TSS / 8 + 2 * cpu->id;
	struct table_pointer pointer = { sizeof(gdt) - 1, (uint64_t)(uintptr_t)gdt };

	gdt[SEL_KERNEL_CODE / 8] = 0x00af9b000000ffff;
	gdt[SEL_KERNEL_DATA / 8] = 0x00cf93000000ffff;
	gdt[SEL_USER_DATA / 8] = 0x00cff3000000ffff;
	gdt[SEL_USER_CODE / 8] = 0x00affb000000ffff;
	gdt[slot] = 0x0000890000000000 | (limit & 0xffff) | (base & 0xffffff) << 16 |
		    (base >> 24 & 0xff) << 56;
	gdt[slot + 1] = base >> 32;
	__asm__ volatile("lgdt %0" ::"m"(pointer) : "memory");
	__asm__ volatile(
		"mov %0, %%ds; mov %0, %%es; mov %0, %%ss; mov %1, %%fs; mov %1, %%gs" ::"r"(
			SEL_KERNEL_DATA),
		"r"(0)
		: "memory");
	arch->tss.rsp[0] = (uint64_t)(uintptr_t)cpu + CPU_AREA_SIZE;
	arch->tss.ist[0] = (uint64_t)(uintptr_t)(arch->ist_stack + IST_STACK_SIZE);
	arch->tss.io_base = TSS_NO_IO;
	memset(arch->tss.io_bitmap, 0xff, sizeof(arch->tss.io_bitmap));
	__asm__ volatile("ltr %w0" ::"r"(SEL_TSS + 16 * cpu->id));
}

static void set_gate(unsigned vector, const char *handler, unsigned ist, unsigned dpl)
{
	uint64_t offset = (uint64_t)(uintptr_t)handler;

	idt[vector] = (struct gate){ .offset_low = (uint16_t)offset,
				     .selector = SEL_KERNEL_CODE,
				     .ist = (uint8_t)ist,
				     .type = (uint8_t)(GATE_INTERRUPT | dpl),
				     .offset_middle = (uint16_t)(offset >> 16),
				     .offset_high = (uint32_t)(offset >> 32) };
}

static void init_idt(void)
{
	struct table_pointer pointer = { sizeof(idt) - 1, (uint64_t)(uintptr_t)idt };

	for (unsigned i = 0; i < ARRAY_SIZE(idt); i++)
		set_gate(i, vector_stubs + i * VECTOR_STUB_SIZE, 0,
			 i == VECTOR_BP || i == VECTOR_OF ? GATE_DPL3 : 0);
	set_gate(VECTOR_NMI, nmi_stub, 1, 0);
	set_gate(VECTOR_DF, double_fault_stub, 1, 0);
	set_gate(VECTOR_MC, machine_check_stub, 1, 0);
	__asm__ volatile("lidt %0" ::"m"(pointer) : "memory");
}

static void init_features(void)
{
	uint32_t features = cpuid(0, 0).eax >= 7 ? cpuid(7, 0).ebx : 0;
	uint32_t more = cpuid(0, 0).eax >= 7 ? cpuid(7, 0).ecx : 0;
	uint64_t cr4 = read_cr4() | CR4_PGE;

	has_fsgsbase = features & 1;
	if (has_fsgsbase)
		cr4 |= CR4_FSGSBASE;
	if (features >> 7 & 1)
		cr4 |= CR4_SMEP;
	if (features >> 20 & 1)
		cr4 |= CR4_SMAP;
	if (more >> 2 & 1)
		cr4 |= CR4_UMIP;
	write_cr4(cr4 & ~CR4_PCE & ~CR4_TSD);
	write_cr0((read_cr0() | CR0_WP | CR0_NE | CR0_MP | CR0_TS) & ~CR0_EM);
}

void arch_cpu_init(struct cpu *cpu)
{
	write_cr3(virt_to_phys(kernel_map.top));
	init_gdt(cpu);
	init_idt();
	init_features();
	kernel_map_init_cpu();
	fpu_init_cpu();
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
	wrmsr(MSR_STAR, (uint64_t)(USER_BASE_SELECTOR | 3) << 48 | (uint64_t)SEL_KERNEL_CODE << 32);
	wrmsr(MSR_LSTAR,
	      (uint64_t)(uintptr_t)((has_fsgsbase ? syscall_entries : syscall_entries_msr) +
				    cpu->id * ENTRY_SIZE));
	wrmsr(MSR_SFMASK, SFMASK_ALL);
}

void arch_flush_tlb(bool kernel)
{
	uint64_t cr3;

	if (kernel) {
		uint64_t cr4 = read_cr4();

		write_cr4(cr4 & ~CR4_PGE);
		write_cr4(cr4);
	}
	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	write_cr3(cr3);
}

/* ---- switching --------------------------------------------------------------- */

static void load_space(struct cpu *cpu, struct space *space)
{
	if (cpu->space == space)
		return;
	write_cr3(space ? virt_to_phys(space->page_table) : virt_to_phys(kernel_map.top));
	cpu->space = space;
}

static void load_bases(const struct tcb *t)
{
	uint64_t gs = t->local_id - L4_UTCB_OFFSET;

	if (has_fsgsbase)
		__asm__ volatile("wrgsbase %0; wrfsbase %1" ::"r"(gs), "r"(t->arch.fs_base));
	else
		wrmsr(MSR_GS_BASE, gs);
}

static void save_bases(struct tcb *t)
{
	if (has_fsgsbase)
		__asm__ volatile("rdfsbase %0" : "=r"(t->arch.fs_base));
}

static void load_fpu(struct cpu *cpu, struct tcb *t)
{
	if (t && t->arch.fpu) {
		__asm__ volatile("clts");
		fpu_load(t->arch.fpu);
		cpu->fpu_dirty = true;
	} else if (cpu->fpu_dirty) {
		fpu_clear();
		write_cr0(read_cr0() | CR0_TS);
		cpu->fpu_dirty = false;
	}
}

static void copy_bitmap(struct arch_cpu *arch, const struct iospace *io)
{
	uint64_t *bitmap = (uint64_t *)(void *)arch->tss.io_bitmap;

	for (unsigned i = io->first_word; i <= io->last_word && i < IO_WORDS; i++)
		bitmap[i] = io->page[i * 8 / IO_PAGE_BYTES][i * 8 % IO_PAGE_BYTES / 8];
	arch->io_first = io->first_word;
	arch->io_last = io->last_word;
}

static void load_io(struct cpu *cpu, struct space *space)
{
	struct arch_cpu *arch = cpu->arch;

	if (!space->io)
		space = NULL;
	arch->tss.io_base = space ? TSS_SIZE : TSS_NO_IO;
	if (cpu->io_space == space || !space)
		return;
	if (cpu->io_space && arch->io_first <= arch->io_last)
		memset(arch->tss.io_bitmap + arch->io_first * 8, 0xff,
		       (arch->io_last - arch->io_first + 1) * 8);
	cpu->io_space = space;
	copy_bitmap(arch, space->io);
}

bool arch_io_is_stale(const struct cpu *cpu, const struct space *space)
{
	const struct arch_cpu *arch = cpu->arch;

	return cpu->io_space != space || arch->tss.io_base != TSS_SIZE;
}

void arch_io_changed(struct cpu *cpu, struct space *space)
{
	if (cpu->io_space == space)
		copy_bitmap(cpu->arch, space->io);
}

void arch_switch(struct cpu *cpu, struct tcb *t)
{
	struct tcb *old = cpu->loaded;

	if (old == t && t && cpu->space == t->space) {
		load_io(cpu, t->space);
		return;
	}
	if (old) {
		if (old->arch.fpu)
			fpu_save(old->arch.fpu);
		save_bases(old);
	}
	cpu->loaded = t;
	load_fpu(cpu, t);
	load_space(cpu, t ? t->space : NULL);
	if (t) {
		load_bases(t);
		load_io(cpu, t->space);
	}
}

void arch_thread_exit(struct tcb *t)
{
	if (t->arch.fpu)
		kmem_free_page(t->space, t->arch.fpu);
	t->arch.fpu = NULL;
}

_Noreturn void arch_return_to_user(struct tcb *t)
{
	if (this_cpu()->request)
		cpu_serve_requests(this_cpu());
	tlb_sync_if_due();
	return_to_user(t);
}

_Noreturn void arch_restart(struct cpu *cpu)
{
	__asm__ volatile("mov %0, %%rsp; xor %%ebp, %%ebp; call sched_run" ::"r"((uintptr_t)cpu +
										 CPU_AREA_SIZE)
			 : "memory");
	__builtin_unreachable();
}

_Noreturn void arch_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

uint64_t arch_syscall_address(enum syscall call)
{
	return USER_STUBS + (uint64_t)call * STUB_SIZE;
}
