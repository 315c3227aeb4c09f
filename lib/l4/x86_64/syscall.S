/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls, callable from C: each takes its arguments from the C
 * calling convention to the registers of the amd64 binding, calls the entry the
 * kernel interface page names, and stores what comes back.  The kernel may
 * destroy every register but RSP, also RBP and the others C wants preserved.
 *
 * Message registers 0-7 travel in R9 RAX RBX R10 R12-R15, the others stay in the
 * UTCB, whose address the kernel expects and returns in RDI.
 */

/* Offsets in l4_entries, see syscall.c: the order of the kernel interface page. */
#define SPACE_CONTROL l4_entries+0(%rip)
#define THREAD_CONTROL l4_entries+8(%rip)
#define PROCESSOR_CONTROL l4_entries+16(%rip)
#define MEMORY_CONTROL l4_entries+24(%rip)
#define IPC l4_entries+32(%rip)
#define LIPC l4_entries+40(%rip)
#define UNMAP l4_entries+48(%rip)
#define EXCHANGE_REGISTERS l4_entries+56(%rip)
#define SYSTEM_CLOCK l4_entries+64(%rip)
#define THREAD_SWITCH l4_entries+72(%rip)
#define SCHEDULE l4_entries+80(%rip)

.macro function name
	.section .text.\name, "ax"
	.globl \name
	.type \name, @function
	.balign 16
\name:
.endm

.macro save
	push %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
.endm

.macro restore
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbx
	pop %rbp
.endm

.macro load_message
	mov %gs:0, %rdi
	mov (%rdi), %r9
	mov 8(%rdi), %rax
	mov 16(%rdi), %rbx
	mov 24(%rdi), %r10
	mov 32(%rdi), %r12
	mov 40(%rdi), %r13
	mov 48(%rdi), %r14
	mov 56(%rdi), %r15
.endm

.macro store_message
	mov %r9, (%rdi)
	mov %rax, 8(%rdi)
	mov %rbx, 16(%rdi)
	mov %r10, 24(%rdi)
	mov %r12, 32(%rdi)
	mov %r13, 40(%rdi)
	mov %r14, 48(%rdi)
	mov %r15, 56(%rdi)
.endm

/* A result of RAX as a bool. */
.macro return_bool
	test %rax, %rax
	setne %al
	ret
.endm

/* struct l4_tag l4_ipc(to, from_specifier, timeouts, struct l4_thread_id *from) */
.macro ipc_function name, entry:vararg
function \name
	save
	push %rcx
	mov %rdx, %r8
	mov %rsi, %rdx
	mov %rdi, %rsi
	load_message
	call *\entry
	store_message
	pop %rcx
	test %rcx, %rcx
	jz 1f
	mov %rsi, (%rcx)
1:	mov %r9, %rax
	restore
	ret
	.size \name, . - \name
.endm

ipc_function l4_ipc, IPC
ipc_function l4_lipc, LIPC

/* void l4_unmap(control) */
function l4_unmap
	save
	mov %rdi, %rdx
	load_message
	call *UNMAP
	store_message
	restore
	ret
	.size l4_unmap, . - l4_unmap

/* bool l4_memory_control(control, const l4_word_t attributes[4]) */
function l4_memory_control
	save
	mov %rdi, %rdx
	mov (%rsi), %rcx
	mov 16(%rsi), %r8
	mov 24(%rsi), %r11
	mov 8(%rsi), %rsi
	load_message
	call *MEMORY_CONTROL
	restore
	return_bool
	.size l4_memory_control, . - l4_memory_control

/* struct l4_thread_id l4_exchange_registers(dest, struct l4_exregs_words *regs) */
function l4_exchange_registers
	save
	push %rsi
	mov %rdi, %rax
	mov %rsi, %rbx
	mov (%rbx), %rsi
	mov 8(%rbx), %rdx
	mov 16(%rbx), %r8
	mov 24(%rbx), %r9
	mov 32(%rbx), %r10
	mov 40(%rbx), %rdi
	call *EXCHANGE_REGISTERS
	pop %rbx
	mov %rsi, (%rbx)
	mov %rdx, 8(%rbx)
	mov %r8, 16(%rbx)
	mov %r9, 24(%rbx)
	mov %r10, 32(%rbx)
	mov %rdi, 40(%rbx)
	restore
	ret
	.size l4_exchange_registers, . - l4_exchange_registers

/* bool l4_thread_control(dest, space, scheduler, pager, utcb) */
function l4_thread_control
	save
	mov %r8, %r9
	mov %rsi, %r8
	mov %rcx, %rsi
	call *THREAD_CONTROL
	restore
	return_bool
	.size l4_thread_control, . - l4_thread_control

/* bool l4_space_control(space, control, kip_area, utcb_area, redirector, *old_control) */
function l4_space_control
	save
	push %r9
	mov %r8, %r9
	mov %rcx, %r8
	call *SPACE_CONTROL
	pop %rcx
	test %rcx, %rcx
	jz 1f
	mov %rdx, (%rcx)
1:	restore
	return_bool
	.size l4_space_control, . - l4_space_control

/* enum l4_schedule_state l4_schedule(dest, time, processor, priority, preemption, *old_time) */
function l4_schedule
	save
	push %r9
	mov %r8, %r9
	mov %rdx, %r8
	mov %rsi, %rdx
	mov %rcx, %rsi
	call *SCHEDULE
	pop %rcx
	test %rcx, %rcx
	jz 1f
	mov %rdx, (%rcx)
1:	restore
	ret
	.size l4_schedule, . - l4_schedule

/* bool l4_thread_cpu_time(dest, uint64_t *us): Schedule, all unchanged */
function l4_thread_cpu_time
	save
	push %rsi
	mov $-1, %rdx
	mov %rdx, %rsi
	mov %rdx, %r8
	mov %rdx, %r9
	call *SCHEDULE
	pop %rcx
	mov %r8, (%rcx)
	restore
	return_bool
	.size l4_thread_cpu_time, . - l4_thread_cpu_time

/* void l4_thread_switch(dest) */
function l4_thread_switch
	save
	call *THREAD_SWITCH
	restore
	ret
	.size l4_thread_switch, . - l4_thread_switch

/* uint64_t l4_system_clock(void) */
function l4_system_clock
	save
	call *SYSTEM_CLOCK
	restore
	ret
	.size l4_system_clock, . - l4_system_clock

/* bool l4_processor_control(processor, internal_khz, external_khz, voltage) */
function l4_processor_control
	save
	mov %rcx, %r8
	call *PROCESSOR_CONTROL
	restore
	return_bool
	.size l4_processor_control, . - l4_processor_control

/* bool l4_processor_query(processor, struct l4_processor_state *state) */
function l4_processor_query
	save
	push %rsi
	xor %esi, %esi
	xor %edx, %edx
	xor %r8d, %r8d
	call *PROCESSOR_CONTROL
	pop %rcx
	mov %rdx, (%rcx)
	mov %r8, 8(%rcx)
	mov %r9, 16(%rcx)
	restore
	return_bool
	.size l4_processor_query, . - l4_processor_query

	.section .note.GNU-stack, "", @progbits
