/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI tables as firmware leaves them, read by kernel/plat/pc/acpi.c: every way to
 * find them, what they say, and tables that are damaged in any byte.
 *
 * arch_phys() hands out a copy of exactly the bytes asked for, so that the address
 * sanitizer catches every access beyond them.
 */
#include <core/klib.h>
#include <stdlib.h>
#include <string.h>
#include <tap.h>

#define memcpy kernel_memcpy
#define memmove kernel_memmove
#define memset kernel_memset
#define memcmp kernel_memcmp
#define strlen kernel_strlen
#include "kernel/core/klib.c"
#include "kernel/plat/pc/acpi.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

#define MEMORY_SIZE 0x100000
#define EBDA 0x9fc00
#define BIOS 0xf5a30
#define RSDT 0x20000
#define XSDT 0x21000
#define MADT 0x22000
#define MAX_COPIES 20000

static char memory[MEMORY_SIZE];
static void *copies[MAX_COPIES];
static unsigned copy_count;
static struct pc_machine machine;

/* kernel/core/klib.h's, for the code under test. */
_Noreturn void panic(const char *format, ...)
{
	(void)format;
	abort();
}

const void *arch_phys(uint64_t pa, size_t size)
{
	if (pa > MEMORY_SIZE || size > MEMORY_SIZE - pa || copy_count == MAX_COPIES)
		return NULL;
	copies[copy_count] = malloc(size);
	memcpy(copies[copy_count], memory + pa, size);
	return copies[copy_count++];
}

static bool read_tables(uint64_t hint)
{
	memset(&machine, 0, sizeof(machine));
	bool found = acpi_read(hint, &machine);

	while (copy_count > 0)
		free(copies[--copy_count]);
	return found;
}

static void fix_checksum(uint64_t at, size_t size, size_t field)
{
	memory[at + field] = 0;
	for (size_t i = 0; i < size; i++)
		if (i != field)
			memory[at + field] = (char)(memory[at + field] - memory[at + i]);
}

static void put_table(uint64_t at, const char *signature, const void *body, size_t size)
{
	struct acpi_table head = { .length = (uint32_t)(sizeof(head) + size), .revision = 1 };

	memcpy(head.signature, signature, 4);
	memcpy(memory + at, &head, sizeof(head));
	memcpy(memory + at + sizeof(head), body, size);
	fix_checksum(at, head.length, offsetof(struct acpi_table, checksum));
}

static void put_rsdp(uint64_t at, uint8_t revision)
{
	struct acpi_rsdp rsdp = {
		.revision = revision, .rsdt = RSDT, .length = sizeof(rsdp), .xsdt = XSDT
	};

	memcpy(rsdp.signature, "RSD PTR ", 8);
	memcpy(memory + at, &rsdp, sizeof(rsdp));
	fix_checksum(at, RSDP_1_SIZE, offsetof(struct acpi_rsdp, checksum));
	fix_checksum(at, sizeof(rsdp), offsetof(struct acpi_rsdp, extended_checksum));
}

/* Four CPUs, one of them disabled, two I/O APICs, two overrides, an NMI pin. */
static const uint8_t madt_body[] = {
	0,
	0,
	0xe0,
	0xfe,
	1,
	0,
	0,
	0,
	MADT_LAPIC,
	8,
	0,
	0,
	1,
	0,
	0,
	0,
	MADT_LAPIC,
	8,
	1,
	4,
	1,
	0,
	0,
	0,
	MADT_LAPIC,
	8,
	2,
	8,
	0,
	0,
	0,
	0,
	MADT_X2APIC,
	16,
	0,
	0,
	12,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	3,
	0,
	0,
	0,
	MADT_X2APIC,
	16,
	0,
	0,
	4,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	MADT_IOAPIC,
	12,
	0,
	0,
	0,
	0,
	0xc0,
	0xfe,
	0,
	0,
	0,
	0,
	MADT_IOAPIC,
	12,
	1,
	0,
	0,
	0x10,
	0xc0,
	0xfe,
	24,
	0,
	0,
	0,
	MADT_OVERRIDE,
	10,
	0,
	0,
	2,
	0,
	0,
	0,
	0,
	0,
	MADT_OVERRIDE,
	10,
	0,
	9,
	9,
	0,
	0,
	0,
	0xf,
	0,
	MADT_LAPIC_NMI,
	6,
	0xff,
	0,
	0,
	1,
	0x7f,
	4,
	0,
	0,
};

static void build_with(uint64_t rsdp, uint8_t revision, const void *madt, size_t size)
{
	uint32_t rsdt[2] = { 0x30000, MADT };
	uint64_t xsdt[2] = { 0x30000, MADT };

	memset(memory, 0, sizeof(memory));
	put_table(MADT, "APIC", madt, size);
	put_table(RSDT, "RSDT", rsdt, revision < 2 ? sizeof(rsdt) : 0);
	put_table(XSDT, "XSDT", xsdt, sizeof(xsdt));
	put_rsdp(rsdp, revision);
}

static void build(uint64_t rsdp, uint8_t revision)
{
	build_with(rsdp, revision, madt_body, sizeof(madt_body));
}

static void check_machine(void)
{
	is(machine.cpu_count, 3, "the enabled CPUs, each once");
	is(machine.apic_id[0], 0, "first CPU");
	is(machine.apic_id[1], 4, "second CPU");
	is(machine.apic_id[2], 12, "a CPU that has an x2APIC entry only");
	is(machine.ioapic_count, 2, "two I/O APICs");
	is(machine.ioapic[0].address, 0xfec00000, "the first one's address");
	is(machine.ioapic[1].address, 0xfec01000, "the second one's address");
	is(machine.ioapic[1].first_gsi, 24, "and its first interrupt");
	is(machine.isa[0].gsi, 2, "ISA interrupt 0 comes in at 2");
	ok(!machine.isa[0].low && !machine.isa[0].level, "as ISA interrupts do");
	ok(machine.isa[9].low && machine.isa[9].level, "ISA interrupt 9 is active low, level");
	is(machine.isa[5].gsi, 5, "the others come in at their number");
	is(machine.nmi_lints, 2, "LINT1 is an NMI");
}

static void test_search(void)
{
	static const uint8_t ebda_segment[2] = { (EBDA >> 4) & 0xff, EBDA >> 12 };

	build(BIOS, 0);
	ok(read_tables(0), "an RSDP in the BIOS area is found");
	build(BIOS, 2);
	ok(read_tables(0), "with an XSDT, too");
	build(EBDA + 0x3e0 - 0x10, 0);
	memcpy(memory + 0x40e, ebda_segment, 2);
	ok(read_tables(0), "one in the EBDA is found");
	build(0x1008, 2);
	ok(!read_tables(0), "one elsewhere is not");
	ok(read_tables(0x1008), "unless the loader says where");
	build(BIOS, 0);
	ok(read_tables(MEMORY_SIZE + 16), "a wrong hint does no harm");
}

static void test_contents(void)
{
	build(BIOS, 2);
	read_tables(0);
	check_machine();
}

/* With the checksum right: entries that claim more than there is. */
static void test_lengths(void)
{
	build(BIOS, 0);
	memory[MADT + sizeof(struct acpi_madt) + 1] = 0;
	fix_checksum(MADT, sizeof(struct acpi_table) + sizeof(madt_body),
		     offsetof(struct acpi_table, checksum));
	ok(read_tables(0), "an entry of length 0 ends the table");
	is(machine.cpu_count, 0, "and nothing behind it is read");

	build(BIOS, 0);
	memory[MADT + sizeof(struct acpi_table) + sizeof(madt_body) - 3] = 5;
	fix_checksum(MADT, sizeof(struct acpi_table) + sizeof(madt_body),
		     offsetof(struct acpi_table, checksum));
	ok(read_tables(0), "an entry that ends beyond the table ends it");
	check_machine();
}

/* More of everything than there is room for. */
static void test_many(void)
{
	uint8_t body[8 + 30 * 20] = { 0 }, *p = body + 8;

	for (uint8_t i = 0; i < 30; i++, p += 20) {
		memcpy(p, (uint8_t[]){ MADT_LAPIC, 8, i, i, 1, 0, 0, 0 }, 8);
		memcpy(p + 8, (uint8_t[]){ MADT_IOAPIC, 12, i, 0, 0, 0x10, 0xc0, 0xfe, i, 0, 0, 0 },
		       12);
	}
	build_with(BIOS, 0, body, sizeof(body));
	ok(read_tables(0), "a table with 30 CPUs and I/O APICs is read");
	is(machine.cpu_count, MAX_CPUS, "as many CPUs are used as the kernel can");
	is(machine.apic_id[MAX_CPUS - 1], MAX_CPUS - 1, "the first ones");
	is(machine.ioapic_count, PC_MAX_IOAPICS, "and as many I/O APICs");
	is(machine.ioapic[0].first_gsi, 0, "the first ones");
}

static unsigned next_random(void)
{
	static uint64_t state = 42;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(state >> 33);
}

/* Any byte wrong: the checksum catches it, and if that is made right again, nothing
 * is read out of bounds. */
static void test_damage(void)
{
	size_t size = sizeof(struct acpi_table) + sizeof(madt_body);
	unsigned accepted = 0, read = 0;

	for (unsigned i = 0; i < size; i++) {
		build(0x1000, 2);
		memory[MADT + i] = (char)(memory[MADT + i] + 1);
		accepted += read_tables(0x1000);
	}
	is(accepted, 0, "a table with a wrong byte is not used");

	for (unsigned i = 0; i < 20000; i++) {
		build(0x1000, 2);
		for (unsigned n = next_random() % 8; n > 0; n--)
			memory[MADT + 8 + next_random() % (size - 8)] = (char)next_random();
		fix_checksum(MADT, size, offsetof(struct acpi_table, checksum));
		read += read_tables(0x1000);
	}
	is(read, 20000, "damaged tables with a right checksum are read within bounds");
}

int main(void)
{
	test_search();
	test_contents();
	test_lengths();
	test_many();
	test_damage();
	return done();
}
