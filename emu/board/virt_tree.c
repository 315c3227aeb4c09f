/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Device tree of `virt`: Devicetree Specification 0.4 and the bindings that Linux and
 * U-Boot document; node names and phandle use as people's tools know them from QEMU's
 * machine of that name.  No random seeds: two runs get the same tree.
 */
#include "virt_tree.h"

#include <libfdt.h>
#include <stdio.h>

enum { PHANDLE_CLOCK = 0x8000, PHANDLE_GIC = 0x8002, PHANDLE_GPIO = 0x8004 };

/* First cell of an interrupt, and the last: type. */
#define GIC_SHARED 0
#define GIC_PRIVATE 1
#define GIC_LEVEL_HIGH 4
#define GIC_PRIVATE_CPU0 0x100

#define KEY_POWER 116 /* Linux's key code */
#define CELLS_MAX 16

/* The tree being written; after the first error nothing more happens. */
struct tree_writer {
	void *tree;
	int status;
};

static void tree_begin(struct tree_writer *t, const char *name, uint32_t unit)
{
	char text[40];

	snprintf(text, sizeof text, "%s@%x", name, unit);
	if (!t->status)
		t->status = fdt_begin_node(t->tree, text);
}

static void tree_begin_plain(struct tree_writer *t, const char *name)
{
	if (!t->status)
		t->status = fdt_begin_node(t->tree, name);
}

static void tree_end(struct tree_writer *t)
{
	if (!t->status)
		t->status = fdt_end_node(t->tree);
}

/* `count` includes the terminating 0, and those between several strings. */
static void tree_bytes(struct tree_writer *t, const char *name, const void *bytes, size_t count)
{
	if (!t->status)
		t->status = fdt_property(t->tree, name, bytes, (int)count);
}

#define tree_string(t, name, text) tree_bytes(t, name, text, sizeof(text))

static void tree_cells(struct tree_writer *t, const char *name, const uint32_t *cells, size_t count)
{
	fdt32_t big[CELLS_MAX];

	for (size_t i = 0; i < count; i++)
		big[i] = cpu_to_fdt32(cells[i]);
	tree_bytes(t, name, big, count * sizeof big[0]);
}

#define tree_numbers(t, name, ...)                                                                 \
	tree_cells(t, name, (const uint32_t[]){ __VA_ARGS__ },                                     \
		   sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static void tree_flag(struct tree_writer *t, const char *name)
{
	tree_bytes(t, name, "", 0);
}

static void tree_reg(struct tree_writer *t, uint32_t base, uint32_t bytes)
{
	tree_numbers(t, "reg", 0, base, 0, bytes);
}

static void tree_interrupt(struct tree_writer *t, uint32_t spi)
{
	tree_numbers(t, "interrupts", GIC_SHARED, spi, GIC_LEVEL_HIGH);
}

static void virt_cpu(struct tree_writer *t, const char *cpu)
{
	char compatible[40];
	int length = snprintf(compatible, sizeof compatible, "arm,%s", cpu);

	tree_begin_plain(t, "cpus");
	tree_numbers(t, "#address-cells", 1);
	tree_numbers(t, "#size-cells", 0);
	tree_begin(t, "cpu", 0);
	tree_string(t, "device_type", "cpu");
	tree_bytes(t, "compatible", compatible, (size_t)length + 1);
	tree_numbers(t, "reg", 0);
	tree_end(t);
	tree_end(t);

	tree_begin_plain(t, "psci");
	tree_string(t, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
	tree_string(t, "method", "hvc");
	tree_numbers(t, "cpu_suspend", 0x84000001);
	tree_numbers(t, "cpu_off", 0x84000002);
	tree_numbers(t, "cpu_on", 0x84000003);
	tree_numbers(t, "migrate", 0x84000005);
	tree_end(t);
}

static void virt_gic_and_timer(struct tree_writer *t)
{
	const uint32_t type = GIC_PRIVATE_CPU0 | GIC_LEVEL_HIGH;

	tree_begin(t, "intc", VIRT_GIC_DISTRIBUTOR);
	tree_string(t, "compatible", "arm,cortex-a15-gic");
	tree_numbers(t, "#interrupt-cells", 3);
	tree_numbers(t, "#address-cells", 0);
	tree_flag(t, "interrupt-controller");
	tree_numbers(t, "reg", 0, VIRT_GIC_DISTRIBUTOR, 0, 0x10000, 0, VIRT_GIC_CPU, 0, 0x10000);
	tree_numbers(t, "phandle", PHANDLE_GIC);
	tree_end(t);

	tree_begin_plain(t, "timer");
	tree_string(t, "compatible", "arm,armv7-timer");
	tree_flag(t, "always-on");
	tree_numbers(t, "interrupts", GIC_PRIVATE, VIRT_PPI_SECURE_TIMER, type, GIC_PRIVATE,
		     VIRT_PPI_TIMER, type, GIC_PRIVATE, VIRT_PPI_VIRTUAL_TIMER, type, GIC_PRIVATE,
		     VIRT_PPI_HYP_TIMER, type);
	tree_end(t);
}

static void virt_primecells(struct tree_writer *t)
{
	tree_begin_plain(t, "apb-pclk");
	tree_string(t, "compatible", "fixed-clock");
	tree_numbers(t, "#clock-cells", 0);
	tree_numbers(t, "clock-frequency", VIRT_CLOCK_HZ);
	tree_string(t, "clock-output-names", "clk24mhz");
	tree_numbers(t, "phandle", PHANDLE_CLOCK);
	tree_end(t);

	tree_begin(t, "pl011", VIRT_UART);
	tree_string(t, "compatible", "arm,pl011\0arm,primecell");
	tree_reg(t, VIRT_UART, 0x1000);
	tree_interrupt(t, VIRT_SPI_UART);
	tree_numbers(t, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	tree_string(t, "clock-names", "uartclk\0apb_pclk");
	tree_end(t);

	tree_begin(t, "pl031", VIRT_RTC);
	tree_string(t, "compatible", "arm,pl031\0arm,primecell");
	tree_reg(t, VIRT_RTC, 0x1000);
	tree_interrupt(t, VIRT_SPI_RTC);
	tree_numbers(t, "clocks", PHANDLE_CLOCK);
	tree_string(t, "clock-names", "apb_pclk");
	tree_end(t);

	tree_begin(t, "pl061", VIRT_GPIO);
	tree_string(t, "compatible", "arm,pl061\0arm,primecell");
	tree_reg(t, VIRT_GPIO, 0x1000);
	tree_interrupt(t, VIRT_SPI_GPIO);
	tree_numbers(t, "#gpio-cells", 2);
	tree_flag(t, "gpio-controller");
	tree_numbers(t, "clocks", PHANDLE_CLOCK);
	tree_string(t, "clock-names", "apb_pclk");
	tree_numbers(t, "phandle", PHANDLE_GPIO);
	tree_end(t);

	tree_begin_plain(t, "gpio-keys");
	tree_string(t, "compatible", "gpio-keys");
	tree_begin_plain(t, "poweroff");
	tree_string(t, "label", "GPIO Key Poweroff");
	tree_numbers(t, "linux,code", KEY_POWER);
	tree_numbers(t, "gpios", PHANDLE_GPIO, VIRT_POWER_KEY_LINE, 0);
	tree_end(t);
	tree_end(t);
}

static void virt_memory_like(struct tree_writer *t, unsigned flash_banks)
{
	const uint32_t second = VIRT_FLASH + VIRT_FLASH_BYTES;

	tree_begin(t, "flash", flash_banks == 2 ? VIRT_FLASH : second);
	tree_string(t, "compatible", "cfi-flash");
	if (flash_banks == 2)
		tree_numbers(t, "reg", 0, VIRT_FLASH, 0, VIRT_FLASH_BYTES, 0, second, 0,
			     VIRT_FLASH_BYTES);
	else
		tree_reg(t, second, VIRT_FLASH_BYTES);
	tree_numbers(t, "bank-width", 4);
	tree_end(t);

	tree_begin(t, "fw-cfg", VIRT_FW_CFG);
	tree_string(t, "compatible", "qemu,fw-cfg-mmio");
	tree_reg(t, VIRT_FW_CFG, 0x18);
	tree_flag(t, "dma-coherent");
	tree_end(t);
}

static void virt_virtio(struct tree_writer *t)
{
	for (uint32_t i = 0; i < VIRT_VIRTIO_COUNT; i++) {
		uint32_t base = VIRT_VIRTIO + i * VIRT_VIRTIO_STEP;

		tree_begin(t, "virtio_mmio", base);
		tree_string(t, "compatible", "virtio,mmio");
		tree_reg(t, base, VIRT_VIRTIO_STEP);
		tree_interrupt(t, VIRT_SPI_VIRTIO + i);
		tree_flag(t, "dma-coherent");
		tree_end(t);
	}
}

bool virt_tree_make(void *tree, size_t bytes, const char *cpu, unsigned flash_banks)
{
	struct tree_writer writer = { .tree = tree }, *t = &writer;

	t->status = fdt_create(tree, (int)bytes);
	if (!t->status)
		t->status = fdt_finish_reservemap(tree);
	tree_begin_plain(t, "");
	tree_string(t, "model", "linux,dummy-virt");
	tree_string(t, "compatible", "linux,dummy-virt");
	tree_numbers(t, "#address-cells", 2);
	tree_numbers(t, "#size-cells", 2);
	tree_numbers(t, "interrupt-parent", PHANDLE_GIC);
	virt_cpu(t, cpu);
	virt_gic_and_timer(t);
	virt_memory_like(t, flash_banks);
	virt_primecells(t);
	virt_virtio(t);
	tree_begin_plain(t, "aliases");
	tree_string(t, "serial0", "/pl011@9000000");
	tree_end(t);
	tree_begin_plain(t, "chosen");
	tree_string(t, "stdout-path", "/pl011@9000000");
	tree_end(t);
	tree_end(t);
	return !t->status && !fdt_finish(tree);
}
