/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a guest CPU is to the core: the functions of its folder, in one table.
 * emu/guest/guests.c lists them.
 */
#ifndef EMU_GUEST_GUEST_H
#define EMU_GUEST_GUEST_H

#include "core/cpu.h"
#include "core/memory.h"
#include "ir/ir.h"

#define GUEST_PINNED 9 /* at most */

/* Instruction bytes for a front end.  Reading may raise the guest's prefetch abort,
 * if nothing of the block was translated yet; otherwise it returns false and the
 * block ends before the instruction. */
struct fetch {
	struct cpu *cpu;
	unsigned space;
	bool first;  /* no instruction finished yet */
	gva page[2]; /* guest page numbers << 12 that have been read */
	const uint8_t *bytes[2];
	gpa physical[2];
	unsigned pages;
	unsigned limit; /* guest instructions the block may have */
};

/* `size` 1, 2 or 4 bytes at any address, little-endian.  A block may read from the
 * page of its entry and, for an instruction that crosses into it, the next: then that
 * instruction is the only one of its block (fetch_* return false otherwise). */
bool fetch_read(struct fetch *f, gva address, unsigned size, uint32_t *value);

struct guest_register {
	const char *name, *feature; /* gdb's: "r0" of "org.gnu.gdb.arm.core" */
	uint8_t bits;
	const char *type; /* gdb's type, or NULL: int */
};

struct guest {
	const char *name;                        /* "arm" */
	size_t state_bytes;                      /* of the whole state, struct cpu included */
	const struct ir_slot *slots;             /* for the printer; ends with NULL */
	const uint16_t pinned[GUEST_PINNED + 1]; /* i32 slots in host registers, hottest
						  * first; ends with 0 */
	const uint16_t *booleans; /* i32 slots that only ever hold 0 or 1, written by C as
				   * well; ends with 0.  NULL: none.  Cheaper to write. */
	uint16_t x87;             /* offset of struct x87_state; 0: none */
	bool big_tables;          /* page table words are big-endian */
	bool sees_own_stores;     /* a store into code counts for the very next instruction */
	unsigned pc_mask;         /* bits of pc that are address, ~1u for arm */

	/* Once, and at every reset of the machine. */
	bool (*create)(struct cpu *cpu, const char *model);
	void (*reset)(struct cpu *cpu);
	void (*state)(struct cpu *cpu, struct archive *a);

	/* The mode flags that translated code depends on (bit 31 is set by the core), and
	 * the space instructions are fetched with. */
	uint32_t (*modes)(const struct cpu *cpu);
	unsigned (*fetch_space)(uint32_t modes);

	/* Appends a superblock to `b`, from b->pc in b->modes: at most f->limit guest
	 * instructions, and with ir_room.  Every block makes at least one. */
	void (*translate)(struct cpu *cpu, struct ir_block *b, struct fetch *f);

	/* The page walk: false and walk->fault if the access isn't allowed.  With `quiet`
	 * (debuggers) it may not change anything. */
	bool (*walk)(struct cpu *cpu, gva address, unsigned space, enum mem_access access,
		     bool quiet, struct mem_walk *walk);
	/* The page table base that struct mem_pte's root `n` (1...) stands for, now: arm: 1
	 * TTBR0's, 2 TTBR1's.  After it changed the guest calls mem_flush. */
	gpa (*root)(const struct cpu *cpu, unsigned n);
	/* Enters the exception for a failed access; misaligned ones have walk == NULL, bus
	 * errors a walk with fault == GUEST_BUS_ERROR.  Ends with cpu_raise, never returns. */
	void (*abort)(struct cpu *cpu, gva address, unsigned space, enum mem_access access,
		      const struct mem_walk *walk);

	/* An access touched what mem_guest_watch was asked to watch; it has been made.  NULL if
	 * the guest never asks. */
	void (*watched)(struct cpu *cpu, gva address, unsigned bytes, enum mem_access access);

	/* An interrupt is pending and not masked: enter it and return true.  Between
	 * instructions; cpu->pc is exact. */
	bool (*interrupt)(struct cpu *cpu);
	/* cpu->postponed: enter that event.  Ends with cpu_raise; NULL if it never is set. */
	void (*deliver_postponed)(struct cpu *cpu);
	/* Whether something that ends a halt is pending. */
	bool (*wakes)(const struct cpu *cpu);
	/* The CPU's interrupt inputs. */
	void (*input)(void *cpu, unsigned input, bool level);

	/* One instruction as text; returns its length in bytes (0: not readable). */
	unsigned (*disassemble)(gva pc, const uint8_t *bytes, size_t count, char *text,
				size_t room);

	/* gdb: registers in its order, then by number.  Values little-endian. */
	const struct guest_register *registers;
	unsigned register_count;
	const char *gdb_architecture;
	void (*read_register)(struct cpu *cpu, unsigned number, void *value);
	void (*write_register)(struct cpu *cpu, unsigned number, const void *value);

	/* All registers as text, a line at a time, for logs and crashes. */
	void (*dump)(struct cpu *cpu, void (*line)(const char *text));
};

#define GUEST_BUS_ERROR 0xffffffffu

extern const struct guest guest_arm, guest_x86;

extern const struct guest *const guests[]; /* ends with NULL */

#endif
