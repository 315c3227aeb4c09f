/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt to thread.  The first serial port raises "transmitter empty" at the
 * moment that interrupt is enabled, so an OUT makes an interrupt at a known
 * instruction.  It stops a thread of low priority; counted is from after the OUT
 * to the first instruction of the handler thread after its Ipc.
 */
#include "bench.h"
#include "loop.h"
#include <l4/serial.h>
#include <l4/thread.h>

#define UART_INTERRUPT_ENABLE (L4_SERIAL_PORT + 1)
#define UART_INTERRUPT_ID (L4_SERIAL_PORT + 2)
#define UART_MODEM_CONTROL (L4_SERIAL_PORT + 4)
#define UART_LINE_STATUS (L4_SERIAL_PORT + 5)
#define ENABLE_TRANSMITTER_EMPTY 0x02
#define MODEM_DTR_RTS_OUT2 0x0b /* OUT2 lets the interrupt through on a PC */
#define STATUS_ALL_SENT 0x40

#define HANDLER_PRIORITY 200
#define TRIGGER_PRIORITY 100
#define MAX_SPINS 1000000

static volatile uint64_t irq_stamp, irq_count;
static l4_word_t irq_thread;

static inline void port_out(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t port_in(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* One instruction string to a line: */
/* clang-format off */

/* Waits for the interrupt and acknowledges the last one, in one Ipc. */
static _Noreturn void handler_main(void)
{
	__asm__ volatile("xor %%esi, %%esi\n"
			 "1:\tmov %1, %%rdx\n\t"
			 "xor %%r8d, %%r8d\n\t"
			 "xor %%r9d, %%r9d\n\t"
			 "call *bench_ipc(%%rip)\n\t"
			 LOOP_RDTSC
			 "mov %%rax, %2\n\t"
			 "mov %4, %%edx\n\t"
			 "in (%%dx), %%al\n\t"
			 "mov %5, %%edx\n\t"
			 "xor %%eax, %%eax\n\t"
			 "out %%al, (%%dx)\n\t"
			 "incq %3\n\t"
			 "jmp 1b"
			 :
			 : "D"(l4_utcb()), "m"(irq_thread), "m"(irq_stamp), "m"(irq_count),
			   "i"(UART_INTERRUPT_ID), "i"(UART_INTERRUPT_ENABLE)
			 : "memory");
	__builtin_unreachable();
}

/* Writes the UART's interrupt enable register; *before and the result are the
 * times just before and after. */
static inline uint64_t write_enable(uint8_t value, uint64_t *before)
{
	uint64_t now, start;

	__asm__ volatile(LOOP_RDTSC
			 "mov %%rax, %%rcx\n\t"
			 "mov %3, %%edx\n\t"
			 "mov %2, %%eax\n\t"
			 "out %%al, (%%dx)\n\t"
			 LOOP_RDTSC
			 : "=&a"(now), "=&c"(start)
			 : "r"((uint32_t)value), "i"(UART_INTERRUPT_ENABLE)
			 : "rdx", "memory", "cc");
	*before = start;
	return now;
}

/* clang-format on */

/* The ticks from the interrupt to the handler. */
static uint64_t one_interrupt(void)
{
	uint64_t start, count = irq_count, quiet;
	unsigned spins;

	quiet = write_enable(0, &start) - start;
	write_enable(ENABLE_TRANSMITTER_EMPTY, &start);
	for (spins = 0; irq_count == count; spins++) {
		if (spins == MAX_SPINS)
			return 0;
	}
	return irq_stamp - start - quiet;
}

/* Waits for a request of root, and answers with the sum. */
static _Noreturn void trigger_main(void)
{
	struct l4_thread_id client;
	uint64_t sum = 0, ticks = 1;
	int i;

	l4_wait(&client);
	while (!(port_in(UART_LINE_STATUS) & STATUS_ALL_SENT))
		;
	for (i = -BENCH_WARM_UP; i < BENCH_ROUNDS && ticks; i++) {
		ticks = one_interrupt();
		sum += i < 0 ? 0 : ticks;
	}
	l4_set_mr(1, ticks ? sum : 0);
	l4_set_tag(l4_tag(0, 1, 0));
	l4_reply(client);
	l4_halt();
}

void bench_run_irq(void)
{
	struct l4_thread_id irq = l4_interrupt(L4_SERIAL_IRQ);

	irq_thread = irq.raw;
	port_out(UART_INTERRUPT_ENABLE, 0);
	port_out(UART_MODEM_CONTROL, MODEM_DTR_RTS_OUT2);
	port_in(UART_INTERRUPT_ID);
	port_in(UART_LINE_STATUS);
	bench_start(BENCH_IRQ_HANDLER, handler_main, HANDLER_PRIORITY, 0);
	bench_start(BENCH_IRQ_TRIGGER, trigger_main, TRIGGER_PRIORITY, 0);
	if (!l4_thread_control(irq, irq, L4_NILTHREAD, bench_id(BENCH_IRQ_HANDLER),
			       L4_UTCB_UNCHANGED))
		bench_fail("can't attach to the serial interrupt");
	l4_set_tag(l4_tag(0, 0, 0));
	if (l4_tag_failed(l4_call(bench_id(BENCH_IRQ_TRIGGER))) || l4_mr(1) == 0)
		bench_fail("the serial port's interrupt did not come");
	bench_report("irq", l4_mr(1), BENCH_ROUNDS);
	l4_thread_control(irq, irq, L4_NILTHREAD, irq, L4_UTCB_UNCHANGED);
}
