/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chooses the interrupt controllers at boot and passes the core's requests on to
 * them: local and I/O APICs if the CPU and the ACPI tables have them, else the
 * 8259s, then with one CPU and the 8254 as timer.
 */
#include "pc.h"

struct pc_machine pc;

/* Brings the boot CPU to the front; false if the tables don't know it. */
static bool find_boot_cpu(void)
{
	uint32_t self = lapic_id();

	for (unsigned i = 0; i < pc.cpu_count; i++)
		if (pc.apic_id[i] == self) {
			pc.apic_id[i] = pc.apic_id[0];
			pc.apic_id[0] = self;
			return true;
		}
	return false;
}

void plat_interrupt_init(const struct boot_data *boot)
{
	pic_init();
	pc.apic = acpi_read(boot->rsdp, &pc) && lapic_init() && find_boot_cpu() && ioapic_init();
	if (!pc.apic)
		pc.cpu_count = 1;
}

void plat_interrupt_init_cpu(void)
{
	if (pc.apic)
		lapic_init_cpu();
	else
		pic_unmask(IRQ_TIMER);
}

unsigned plat_irq_count(void)
{
	return pc.apic ? ioapic_irq_count() : ISA_IRQS;
}

bool plat_irq_available(unsigned irq)
{
	if (pc.apic)
		return ioapic_irq_available(irq);
	return irq != IRQ_TIMER && irq != IRQ_CASCADE;
}

void plat_irq_mask(unsigned irq)
{
	if (pc.apic)
		ioapic_mask(irq);
	else
		pic_mask(irq);
}

void plat_irq_unmask(unsigned irq)
{
	if (pc.apic)
		ioapic_unmask(irq);
	else
		pic_unmask(irq);
}

static enum plat_event apic_interrupt(unsigned vector, unsigned *irq)
{
	enum plat_event event = PLAT_SPURIOUS;

	switch (vector) {
	case VECTOR_SPURIOUS:
		return PLAT_SPURIOUS; /* not in service: no EOI */
	case VECTOR_TIMER:
		event = PLAT_TIMER;
		break;
	case VECTOR_RESCHEDULE:
		event = PLAT_RESCHEDULE;
		break;
	case VECTOR_FLUSH:
		event = PLAT_FLUSH;
		break;
	default:
		*irq = vector - VECTOR_IRQ;
		if (*irq < MAX_IRQS && ioapic_accept(*irq))
			event = PLAT_IRQ;
	}
	lapic_eoi();
	return event;
}

enum plat_event plat_interrupt(unsigned vector, unsigned *irq)
{
	if (pc.apic)
		return apic_interrupt(vector, irq);
	*irq = vector - VECTOR_IRQ;
	return *irq < ISA_IRQS ? pic_interrupt(*irq) : PLAT_SPURIOUS;
}

void plat_send_reschedule(unsigned cpu)
{
	lapic_send(pc.apic_id[cpu], LAPIC_SEND_FIXED | VECTOR_RESCHEDULE);
}

void plat_send_flush(unsigned cpu)
{
	lapic_send(pc.apic_id[cpu], LAPIC_SEND_FIXED | VECTOR_FLUSH);
}
