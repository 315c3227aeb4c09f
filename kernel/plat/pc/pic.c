/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two 8259A interrupt controllers of a PC (Intel 8259A data sheet): fully
 * masked where there are APICs, else in charge.  They remember edges while
 * masked.
 */
#include "pc.h"
#include <arch/io.h>

enum pic_port {
	PIC1 = 0x20,
	PIC2 = 0xa0,
};

#define ICW1_INIT_ICW4 0x11
#define ICW4_8086 0x01
#define OCW2_EOI 0x60 /* of the interrupt in bits 0-2 */
#define OCW3_READ_ISR 0x0b
#define OCW3_READ_IRR 0x0a

static uint16_t pic_masked = 0xffff & ~(1u << IRQ_CASCADE);

static void pic_write_masks(void)
{
	outb(PIC1 + 1, (uint8_t)pic_masked);
	outb(PIC2 + 1, (uint8_t)(pic_masked >> 8));
}

static void pic_setup(uint16_t port, uint8_t vector, uint8_t cascade)
{
	outb(port, ICW1_INIT_ICW4);
	outb(port + 1, vector);
	outb(port + 1, cascade);
	outb(port + 1, ICW4_8086);
}

void pic_init(void)
{
	pic_setup(PIC1, VECTOR_IRQ, 1 << IRQ_CASCADE);
	pic_setup(PIC2, VECTOR_IRQ + 8, IRQ_CASCADE);
	pic_write_masks();
}

void pic_mask(unsigned irq)
{
	pic_masked = (uint16_t)(pic_masked | 1u << irq);
	pic_write_masks();
}

void pic_unmask(unsigned irq)
{
	pic_masked = (uint16_t)(pic_masked & ~(1u << irq));
	pic_write_masks();
}

/* The lowest priority input of a chip also stands for requests that went away. */
static bool pic_is_spurious(uint16_t port, unsigned irq)
{
	bool in_service;

	if (irq % 8 != 7)
		return false;
	outb(port, OCW3_READ_ISR);
	in_service = inb(port) & 0x80;
	outb(port, OCW3_READ_IRR);
	return !in_service;
}

enum plat_event pic_interrupt(unsigned irq)
{
	bool second = irq >= 8;
	bool spurious = pic_is_spurious(second ? PIC2 : PIC1, irq);

	if (!spurious) {
		if (irq != IRQ_TIMER)
			pic_mask(irq);
		outb(second ? PIC2 : PIC1, (uint8_t)(OCW2_EOI | (irq & 7)));
	}
	if (second)
		outb(PIC1, OCW2_EOI | IRQ_CASCADE);
	if (spurious)
		return PLAT_SPURIOUS;
	return irq == IRQ_TIMER ? PLAT_TIMER : PLAT_IRQ;
}
