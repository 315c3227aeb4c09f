/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See x87_host.h.
 */
#include "guest/x86/x87_host.h"

static uint16_t host_status(void)
{
	uint16_t status;

	__asm__ volatile("fnstsw %0" : "=a"(status));
	return status;
}

static uint16_t host_control(void)
{
	uint16_t control;

	__asm__ volatile("fnstcw %0" : "=m"(control));
	return control;
}

static void set_host_control(uint16_t control)
{
	__asm__ volatile("fldcw %0" : : "m"(control));
}

static void host_load(struct x87_value v)
{
	struct {
		uint64_t significand;
		uint16_t exponent;
	} m = { v.significand, (uint16_t)v.exponent };

	__asm__ volatile("fldt %0" : : "m"(m));
}

static struct x87_value host_store(void)
{
	struct {
		uint64_t significand;
		uint16_t exponent;
	} m;

	__asm__ volatile("fstpt %0" : "=m"(m));
	return (struct x87_value){ m.significand, m.exponent };
}

static void host_clear(void)
{
	__asm__ volatile("fnclex");
}

static unsigned top_of(uint32_t status)
{
	return status >> 11 & 7;
}

void x87_host_run(struct x87_host *h, x87_host_fn *fn)
{
	uint16_t control = host_control();
	uint32_t before = host_status(), after;

	/* Clearing is slow.  What is left from before doesn't matter if the guest has it set
	 * and masked, too. */
	if (before & X87_EXCEPTIONS & ~(h->known & h->control))
		host_clear();
	for (unsigned i = h->count; i-- > 0;)
		host_load(h->in[i]);
	if (control != (h->control | 0x40))
		set_host_control((uint16_t)h->control | 0x40);
	fn(h->memory);
	after = host_status();
	if (after & X87_ES)
		host_clear();
	if (control != (h->control | 0x40))
		set_host_control(control);
	h->depth = (top_of(before) - top_of(after)) & 7;
	for (unsigned i = 0; i < h->depth; i++) {
		struct x87_value v = host_store();

		if (i < sizeof h->out / sizeof h->out[0])
			h->out[i] = v;
	}
	h->status = after & (X87_EXCEPTIONS | X87_SF | X87_CONDITION);
}

void x87_host_forget(void)
{
	host_clear();
}

bool x87_host_plain(struct x87_host *h, x87_host_fn *fn)
{
	if (host_control() != X87_CONTROL_INIT)
		return false;
	host_load(h->in[0]);
	fn(NULL);
	h->out[0] = host_store();
	return true;
}
