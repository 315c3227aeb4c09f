/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of this folder tell each other.
 *
 * Interrupt numbers of the core are ISA interrupts below 16 and ACPI's global
 * system interrupts above; vectors are numbers plus VECTOR_IRQ with either
 * controller.
 */
#ifndef PLAT_PC_PC_H
#define PLAT_PC_PC_H

#include <core/plat.h>

#define VECTOR_IRQ 0x30
#define VECTOR_TIMER 0xf0
#define VECTOR_RESCHEDULE 0xf1
#define VECTOR_FLUSH 0xf2
#define VECTOR_SPURIOUS 0xff

#define ISA_IRQS 16
#define IRQ_TIMER 0
#define IRQ_CASCADE 2

#define PC_MAX_IOAPICS 8

/* What the ACPI tables say, and what became of it. */
struct pc_machine {
	bool apic; /* local APIC and I/O APIC are used, not the 8259 */
	unsigned cpu_count;
	uint32_t apic_id[MAX_CPUS]; /* by CPU number: the boot CPU first */
	uint8_t nmi_lints;          /* mask of the local APIC's pins wired to NMI */
	unsigned ioapic_count;
	struct {
		uint32_t address, first_gsi;
	} ioapic[PC_MAX_IOAPICS];
	struct pc_isa_irq {
		uint32_t gsi;
		bool low, level; /* active low, level triggered */
	} isa[ISA_IRQS];
};

extern struct pc_machine pc;

/* ---- acpi.c: fills in CPUs (in table order), I/O APICs, ISA interrupts and NMI
 * pins; false if there are no usable tables. */
bool acpi_read(uint64_t rsdp, struct pc_machine *machine);

/* ---- lapic.c ---- */
bool lapic_init(void); /* false: this CPU has none or it can't be mapped */
void lapic_init_cpu(void);
uint32_t lapic_id(void);
void lapic_eoi(void);
/* Interrupts the CPU with this APIC id; command as in the ICR's low half. */
void lapic_send(uint32_t apic_id, uint32_t command);
/* Counts down from `ticks` and then interrupts once; 0 stops it. */
void lapic_timer_start(uint32_t ticks);
uint32_t lapic_timer_left(void);

#define LAPIC_SEND_FIXED 0x4000
#define LAPIC_SEND_INIT 0x4500
#define LAPIC_SEND_STARTUP 0x4600

/* ---- ioapic.c ---- */
bool ioapic_init(void); /* maps and masks all; false if there is none */
unsigned ioapic_irq_count(void);
bool ioapic_irq_available(unsigned irq);
void ioapic_mask(unsigned irq);
void ioapic_unmask(unsigned irq);
/* Interrupt `irq` came; true if it is to be delivered. */
bool ioapic_accept(unsigned irq);

/* ---- pic.c ---- */
void pic_init(void); /* to vectors VECTOR_IRQ.., all masked */
void pic_mask(unsigned irq);
void pic_unmask(unsigned irq);
enum plat_event pic_interrupt(unsigned irq);

/* ---- pit.c ---- */
#define PIT_HZ 1193182
#define PIT_KHZ 1193
/* Channel 0 interrupts once after `us` microseconds, or earlier if that is
 * beyond its range (54 ms); UINT64_MAX stops it. */
void pit_timer_start(uint64_t us);
/* Channel 2 counts down freely at PIT_HZ, modulo 2^16. */
void pit_counter_start(void);
uint16_t pit_counter_read(void);

/* ---- clock.c ---- */
void clock_delay_us(uint64_t us);
/* The CPUs' time stamp counters may differ a little. */
void clock_distrust_tsc(void);

#endif
