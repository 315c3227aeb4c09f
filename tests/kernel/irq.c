/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts as messages (manual 7, "Interrupt Protocol"): the UART's
 * transmitter-empty interrupt, which can be raised at will, and the periodic
 * one of the real-time clock.
 */
#include "io.h"
#include "ktest.h"
#include "tests.h"

#include <l4/thread.h>

#define COM1 0x3f8
#define COM1_INTERRUPT_ENABLE (COM1 + 1)
#define COM1_INTERRUPT_ID (COM1 + 2)
#define COM1_MODEM_CONTROL (COM1 + 4)
#define TRANSMITTER_INTERRUPT 0x02
#define MODEM_OUT2 0x0b /* gates the interrupt line */
#define UART_IRQ 4

#define RTC_INDEX 0x70
#define RTC_DATA 0x71
#define RTC_A 0x0a
#define RTC_B 0x0b
#define RTC_C 0x0c
#define RTC_PERIODIC 0x40
#define RTC_IRQ 8

static bool irq_control(unsigned irq, struct l4_thread_id handler)
{
	struct l4_thread_id id = l4_interrupt(irq);

	return l4_thread_control(id, id, L4_NILTHREAD, handler, L4_UTCB_UNCHANGED);
}

/* Transmitter empty is a standing condition: each enabling raises the line. */
static void irq_raise(void)
{
	io_out8(COM1_MODEM_CONTROL, MODEM_OUT2);
	io_out8(COM1_INTERRUPT_ENABLE, 0);
	io_out8(COM1_INTERRUPT_ENABLE, TRANSMITTER_INTERRUPT);
}

static void irq_quiet(void)
{
	io_out8(COM1_INTERRUPT_ENABLE, 0);
	io_in8(COM1_INTERRUPT_ID);
}

static struct l4_tag irq_receive(unsigned irq, unsigned us)
{
	return l4_receive_timeout(l4_interrupt(irq), l4_period_us(us));
}

static struct l4_tag irq_acknowledge(unsigned irq)
{
	l4_set_tag(l4_tag(0, 0, 0));
	return l4_reply(l4_interrupt(irq));
}

void test_interrupt(void)
{
	struct l4_thread_id from;
	unsigned came = 0, failed = 0;
	struct l4_tag tag;

	check(irq_control(UART_IRQ, main_id), "attach to an interrupt");
	irq_raise();
	tag = l4_wait_timeout(l4_period_us(500000), &from);
	irq_quiet();
	check(l4_tag_succeeded(tag), "it comes");
	check_eq(from.raw, l4_interrupt(UART_IRQ).raw, "from the thread (irq, 1)");
	check_eq(tag.raw & ~(l4_word_t)L4_TAG_XCPU, l4_tag(L4_LABEL_INTERRUPT, 0, 0).raw,
		 "with the interrupt label and no words");
	irq_raise();
	check(l4_tag_failed(irq_receive(UART_IRQ, 5000)), "not acknowledged: no more come");
	irq_quiet();
	check(l4_tag_succeeded(irq_acknowledge(UART_IRQ)), "acknowledge");
	/* An edge from before may have been kept. */
	if (l4_tag_succeeded(irq_receive(UART_IRQ, 2000)))
		irq_acknowledge(UART_IRQ);
	for (unsigned i = 0; i < 20; i++) {
		irq_raise();
		came += l4_tag_succeeded(irq_receive(UART_IRQ, 100000));
		irq_quiet();
		failed += l4_tag_failed(irq_acknowledge(UART_IRQ));
	}
	check_eq(came, 20, "twenty more come");
	check_eq(failed, 0, "and are acknowledged");
	check(irq_control(UART_IRQ, l4_interrupt(UART_IRQ)), "detach");
	irq_raise();
	check(l4_tag_failed(irq_receive(UART_IRQ, 5000)), "then none comes");
	irq_quiet();
}

/* An interrupt that comes while its handler is busy is kept. */
void test_interrupt_pending(void)
{
	check(irq_control(UART_IRQ, main_id), "attach");
	irq_raise();
	l4_sleep_us(3000);
	check(l4_tag_succeeded(irq_receive(UART_IRQ, 1000)),
	      "raised before we wait for it: it comes");
	irq_quiet();
	irq_acknowledge(UART_IRQ);
	irq_control(UART_IRQ, l4_interrupt(UART_IRQ));
}

static l4_word_t irq_child_control(l4_word_t irq, l4_word_t handler)
{
	if (irq_control((unsigned)irq, l4_thread_id(handler)))
		return 0;
	return l4_error_code();
}

void test_interrupt_errors(void)
{
	struct agent a = agent_new(space_new());
	static struct job send;
	l4_word_t error = 0;

	agent_call(&a, irq_child_control, UART_IRQ, a.thread->id.raw, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "attach from a child space: error 1");
	check(!irq_control(l4_kip_system_base(l4_kip()), main_id),
	      "attach to an interrupt that doesn't exist");
	check_eq(l4_error_code(), L4_ERROR_THREAD, "error 2");
	check(irq_control(UART_IRQ, main_id), "attach");
	send = job_send(l4_interrupt(UART_IRQ));
	send.timeouts = l4_timeouts(l4_period_us(2000), L4_NEVER);
	agent_job(&a, &send);
	job_check_error(&send, false, L4_IPC_NO_PARTNER, "acknowledged by a stranger");
	irq_control(UART_IRQ, l4_interrupt(UART_IRQ));
	send = job_send(l4_interrupt(UART_IRQ));
	job_run(&send);
	job_check_error(&send, false, L4_IPC_NO_PARTNER, "acknowledged when detached");
}

/* The handler may be in another space, and can be changed. */
void test_interrupt_handlers(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(NULL);
	static struct job receive;

	receive = job_receive(l4_interrupt(UART_IRQ));
	receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(500000));
	check(irq_control(UART_IRQ, a.thread->id), "a handler in a child space");
	agent_begin_job(&a, &receive);
	irq_raise();
	agent_finish(&a, NULL);
	irq_quiet();
	check(l4_tag_succeeded(receive.tag), "gets it");
	check(irq_control(UART_IRQ, b.thread->id), "another handler");
	agent_begin_job(&b, &receive);
	irq_raise();
	agent_finish(&b, NULL);
	irq_quiet();
	check(l4_tag_succeeded(receive.tag), "gets it");
	thread_delete(b.thread);
	irq_raise();
	l4_sleep_us(2000);
	irq_quiet();
	check(irq_control(UART_IRQ, main_id), "its handler deleted, it can be attached again");
	irq_raise();
	check(l4_tag_succeeded(irq_receive(UART_IRQ, 500000)), "and comes");
	irq_quiet();
	irq_acknowledge(UART_IRQ);
	irq_control(UART_IRQ, l4_interrupt(UART_IRQ));
}

/* A handler may pass the interrupt on in the interrupt's name. */
void test_interrupt_propagation(void)
{
	struct agent a = agent_new(space_new());
	static struct job receive;
	struct job send = job_send(a.thread->id);

	receive = job_receive(l4_interrupt(UART_IRQ));
	receive.timeouts = send.timeouts = l4_timeouts(l4_period_us(200000), l4_period_us(200000));
	send.virtual_sender = l4_interrupt(UART_IRQ);
	send.mr[0] = L4_TAG_PROPAGATED;
	irq_control(UART_IRQ, main_id);
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check(l4_tag_succeeded(receive.tag), "the handler sends in the interrupt's name");
	check_eq(receive.sender.raw, l4_interrupt(UART_IRQ).raw, "and is taken for it");
	irq_control(UART_IRQ, l4_interrupt(UART_IRQ));
	receive.from = L4_ANYTHREAD;
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check_eq(receive.sender.raw, main_id.raw, "not when it isn't the handler any more");
}

static uint8_t rtc_read(uint8_t index)
{
	io_out8(RTC_INDEX, index);
	return io_in8(RTC_DATA);
}

static void rtc_write(uint8_t index, uint8_t value)
{
	io_out8(RTC_INDEX, index);
	io_out8(RTC_DATA, value);
}

/* 1024 Hz: a source that goes on by itself. */
void test_interrupt_periodic(void)
{
	unsigned came = 0;
	uint64_t begin;

	if (l4_fpage_is_nil(memory_request(l4_io_fpage(RTC_INDEX, 1, L4_RIGHTS_RW), 0))) {
		check(false, "sigma0 gives the ports of the real-time clock");
		return;
	}
	check(irq_control(RTC_IRQ, main_id), "attach to the real-time clock");
	rtc_write(RTC_A, (rtc_read(RTC_A) & 0xf0) | 6);
	rtc_write(RTC_B, rtc_read(RTC_B) | RTC_PERIODIC);
	begin = l4_system_clock();
	for (unsigned i = 0; i < 30; i++) {
		rtc_read(RTC_C);
		came += l4_tag_succeeded(irq_receive(RTC_IRQ, 200000));
		irq_acknowledge(RTC_IRQ);
	}
	note("30 interrupts of 1024 Hz in %llu us",
	     (unsigned long long)(l4_system_clock() - begin));
	check_eq(came, 30, "30 periodic interrupts");
	check(l4_system_clock() - begin > 20000, "at their pace");
	rtc_write(RTC_B, rtc_read(RTC_B) & (uint8_t)~RTC_PERIODIC);
	irq_control(RTC_IRQ, l4_interrupt(RTC_IRQ));
	rtc_read(RTC_C);
}
