/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUs and interrupt routing from the ACPI tables (ACPI Specification 6.4,
 * sections 5.2.5 to 5.2.12): RSDP, RSDT or XSDT, and in it the MADT.  No AML:
 * PCI interrupt routing is a user's business.  Tables with a wrong checksum or
 * out of reach are treated as missing.
 */
#include "pc.h"
#include <arch/kernel_map.h>
#include <core/klib.h>

struct acpi_rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length; /* from here on: revision 2 and later */
	uint64_t xsdt;
	uint8_t extended_checksum, reserved[3];
} __attribute__((packed));

#define RSDP_1_SIZE 20

struct acpi_table {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem[6], oem_table[8];
	uint32_t oem_revision, creator, creator_revision;
} __attribute__((packed));

struct acpi_madt {
	struct acpi_table head;
	uint32_t lapic_address;
	uint32_t flags;
} __attribute__((packed));

enum madt_type {
	MADT_LAPIC = 0,
	MADT_IOAPIC = 1,
	MADT_OVERRIDE = 2,
	MADT_LAPIC_NMI = 4,
	MADT_X2APIC = 9,
	MADT_TYPES,
};

struct madt_entry {
	uint8_t type, length;
	union {
		struct {
			uint8_t uid, id;
			uint32_t flags;
		} __attribute__((packed)) lapic;
		struct {
			uint8_t id, reserved;
			uint32_t address, first_gsi;
		} __attribute__((packed)) ioapic;
		struct {
			uint8_t bus, irq;
			uint32_t gsi;
			uint16_t flags;
		} __attribute__((packed)) override;
		struct {
			uint8_t uid;
			uint16_t flags;
			uint8_t lint;
		} __attribute__((packed)) nmi;
		struct {
			uint16_t reserved;
			uint32_t id, flags;
		} __attribute__((packed)) x2apic;
	};
} __attribute__((packed));

#define MADT_CPU_ENABLED 1
#define XAPIC_ID_LIMIT 0xff

enum mps_inti_flags {
	MPS_POLARITY_MASK = 3,
	MPS_ACTIVE_LOW = 3,
	MPS_TRIGGER_MASK = 3 << 2,
	MPS_LEVEL = 3 << 2,
};

static bool acpi_checksum_ok(const void *table, size_t size)
{
	const uint8_t *p = table;
	uint8_t sum = 0;

	while (size--)
		sum = (uint8_t)(sum + *p++);
	return sum == 0;
}

static const struct acpi_rsdp *acpi_rsdp_at(uint64_t pa)
{
	const struct acpi_rsdp *rsdp = arch_phys(pa, sizeof(*rsdp));

	if (!rsdp || memcmp(rsdp->signature, "RSD PTR ", 8) || !acpi_checksum_ok(rsdp, RSDP_1_SIZE))
		return NULL;
	return rsdp;
}

static const struct acpi_rsdp *acpi_search_rsdp(uint64_t start, uint64_t end)
{
	const struct acpi_rsdp *rsdp = NULL;

	for (uint64_t pa = start; pa < end && !rsdp; pa += 16)
		rsdp = acpi_rsdp_at(pa);
	return rsdp;
}

/* Where the loader says, else in the first KiB of the EBDA, else in the BIOS. */
static const struct acpi_rsdp *acpi_find_rsdp(uint64_t hint)
{
	const uint16_t *ebda_segment = arch_phys(0x40e, sizeof(*ebda_segment));
	const struct acpi_rsdp *rsdp = hint ? acpi_rsdp_at(hint) : NULL;

	if (!rsdp && ebda_segment) {
		uint64_t ebda = (uint64_t)*ebda_segment << 4;

		rsdp = acpi_search_rsdp(ebda, ebda + 1024);
	}
	return rsdp ? rsdp : acpi_search_rsdp(0xe0000, 0x100000);
}

static const struct acpi_table *acpi_table_at(uint64_t pa, const char *signature)
{
	const struct acpi_table *t = arch_phys(pa, sizeof(*t));

	if (!t || memcmp(t->signature, signature, 4) || t->length < sizeof(*t))
		return NULL;
	t = arch_phys(pa, t->length);
	return t && acpi_checksum_ok(t, t->length) ? t : NULL;
}

/* Looks in a root table, whose entries are `width` bytes wide. */
static const struct acpi_table *acpi_find_in(const struct acpi_table *root, size_t width,
					     const char *signature)
{
	const struct acpi_table *t = NULL;

	if (!root)
		return NULL;
	for (size_t i = sizeof(*root); i + width <= root->length && !t; i += width) {
		uint64_t pa = 0;

		memcpy(&pa, (const char *)root + i, width);
		t = acpi_table_at(pa, signature);
	}
	return t;
}

static const struct acpi_table *acpi_find(const struct acpi_rsdp *rsdp, const char *signature)
{
	const struct acpi_table *t = NULL;

	if (rsdp->revision >= 2)
		t = acpi_find_in(acpi_table_at(rsdp->xsdt, "XSDT"), 8, signature);
	return t ? t : acpi_find_in(acpi_table_at(rsdp->rsdt, "RSDT"), 4, signature);
}

static void madt_add_cpu(struct pc_machine *machine, uint32_t id, uint32_t flags)
{
	if (!(flags & MADT_CPU_ENABLED) || id >= XAPIC_ID_LIMIT || machine->cpu_count == MAX_CPUS)
		return;
	for (unsigned i = 0; i < machine->cpu_count; i++)
		if (machine->apic_id[i] == id)
			return;
	machine->apic_id[machine->cpu_count++] = id;
}

static void madt_add_ioapic(struct pc_machine *machine, const struct madt_entry *e)
{
	unsigned i = machine->ioapic_count;

	if (i == PC_MAX_IOAPICS)
		return;
	machine->ioapic[i].address = e->ioapic.address;
	machine->ioapic[i].first_gsi = e->ioapic.first_gsi;
	machine->ioapic_count++;
}

static void madt_add_override(struct pc_machine *machine, const struct madt_entry *e)
{
	uint16_t flags = e->override.flags;

	if (e->override.bus == 0 && e->override.irq < ISA_IRQS)
		machine->isa[e->override.irq] = (struct pc_isa_irq){
			.gsi = e->override.gsi,
			.low = (flags & MPS_POLARITY_MASK) == MPS_ACTIVE_LOW,
			.level = (flags & MPS_TRIGGER_MASK) == MPS_LEVEL,
		};
}

static void madt_add(struct pc_machine *machine, const struct madt_entry *e)
{
	static const uint8_t sizes[MADT_TYPES] = {
		[MADT_LAPIC] = 8,     [MADT_IOAPIC] = 12, [MADT_OVERRIDE] = 10,
		[MADT_LAPIC_NMI] = 6, [MADT_X2APIC] = 16,
	};

	if (e->type >= MADT_TYPES || e->length < sizes[e->type])
		return;
	switch (e->type) {
	case MADT_LAPIC:
		madt_add_cpu(machine, e->lapic.id, e->lapic.flags);
		break;
	case MADT_IOAPIC:
		madt_add_ioapic(machine, e);
		break;
	case MADT_OVERRIDE:
		madt_add_override(machine, e);
		break;
	case MADT_LAPIC_NMI:
		/* nominally per CPU, in practice wired to all alike */
		machine->nmi_lints |= (uint8_t)(1 << (e->nmi.lint & 1));
		break;
	case MADT_X2APIC:
		madt_add_cpu(machine, e->x2apic.id, e->x2apic.flags);
		break;
	}
}

bool acpi_read(uint64_t rsdp_hint, struct pc_machine *machine)
{
	const struct acpi_rsdp *rsdp = acpi_find_rsdp(rsdp_hint);
	const struct acpi_table *madt = rsdp ? acpi_find(rsdp, "APIC") : NULL;

	if (!madt)
		return false;
	for (unsigned i = 0; i < ISA_IRQS; i++)
		machine->isa[i] = (struct pc_isa_irq){ .gsi = i };
	const char *p = (const char *)madt + sizeof(struct acpi_madt);
	const char *end = (const char *)madt + madt->length;

	while (end - p >= 2) {
		const struct madt_entry *e = (const struct madt_entry *)p;

		if (e->length < 2 || e->length > end - p)
			break;
		madt_add(machine, e);
		p += e->length;
	}
	return true;
}
