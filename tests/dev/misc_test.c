/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register scripts for the small chips of ARM's boards, the firmware configuration
 * device and the flash.
 */
#include "rig.h"

#include "dev/misc/absent.h"
#include "dev/misc/arm_sysreg.h"
#include "dev/misc/cfi_flash.h"
#include "dev/misc/fw_cfg.h"
#include "dev/misc/pl041.h"
#include "dev/misc/pl061.h"
#include "dev/misc/pl310.h"
#include "dev/misc/sbcon_i2c.h"
#include "dev/misc/scu.h"
#include "dev/misc/sp810.h"

enum { LINE_RESET, LINE_OFF, LINE_GPIO, LINE_OUTPUT };

static void test_plain_chips(void)
{
	struct rig *r = rig_open();

	rig_place(r, 0x0000, 0x1000, &sp810_ops, sp810_create());
	rig_place(r, 0x1000, 0x1000, &pl310_ops, pl310_create());
	rig_place(r, 0x2000, 0x100, &scu_ops, scu_create());
	rig_place(r, 0x3000, 0x1000, &sbcon_i2c_ops, sbcon_i2c_create());
	rig_place(r, 0x4000, 0x1000, &absent_ops, absent_create("nothing", 0x00041341));
	rig_place(r, 0x5000, 0x1000, &pl041_ops, pl041_create());

	ok(rig_is_primecell(r, 0x00041810), "sp810: identification");
	rig_write(r, 0x0000, 0x8004);
	is(rig_read(r, 0x0000), 0x8024, "sp810: mode is reached at once");

	is(rig_read(r, 0x1000), 0x410000c8, "pl310: cache id");
	rig_write(r, 0x1100, 3);
	is(rig_read(r, 0x1100), 1, "pl310: on");
	rig_write(r, 0x177c, 0xffff);
	is(rig_read(r, 0x177c), 0, "pl310: maintenance is complete");
	rig_write(r, 0x1900, 0xff);
	is(rig_read(r, 0x1900), 0xff, "pl310: lockdown is remembered");

	is(rig_read(r, 0x2004) & 3, 0, "scu: one CPU");
	rig_write(r, 0x2000, 1);
	is(rig_read(r, 0x2000), 1, "scu: on");

	is(rig_read(r, 0x3000), 3, "sbcon_i2c: both wires pulled up");
	rig_write(r, 0x3004, 2);
	is(rig_read(r, 0x3000), 1, "sbcon_i2c: data pulled down");
	rig_write(r, 0x3000, 2);
	is(rig_read(r, 0x3000), 3, "sbcon_i2c: and released");

	is(rig_read(r, 0x4fe0), 0x41, "absent: has an identity");
	rig_write(r, 0x4000, 5);
	is(rig_read(r, 0x4000), 0, "absent: and nothing else");

	is(rig_read(r, 0x5fe0), 0x41, "pl041: identification");
	is(rig_read(r, 0x5008), 0x0b, "pl041: transmit FIFO empty");
	rig_close(r);
}

static uint32_t configure(struct rig *r, uint32_t control, uint32_t data)
{
	rig_write(r, 0xa8, 0);
	rig_write(r, 0xa0, data);
	rig_write(r, 0xa4, control | 1u << 31);
	return rig_read(r, 0xa8);
}

static void test_arm_sysreg(void)
{
	struct rig *r = rig_open();
	const struct arm_sysreg_config config = {
		.clock = r->clock,
		.id = 0x1190f500,
		.processor_id = 0x0c000191,
		.card = true,
		.site = { { .oscillator = { 50000000 }, .voltage = { 3300000 } },
			  { .oscillator = { 45000000, 23750000 } } },
		.reset = rig_line(r, LINE_RESET),
		.off = rig_line(r, LINE_OFF),
	};

	rig_place(r, 0, ARM_SYSREG_BYTES, &arm_sysreg_ops, arm_sysreg_create(&config));
	is(rig_read(r, 0x00), 0x1190f500, "arm_sysreg: identity");
	is(rig_read(r, 0x84), 0x0c000191, "arm_sysreg: processor identity");
	is(rig_read(r, 0x48), 1, "arm_sysreg: card in its slot");
	rig_write(r, 0x08, 0x1ff);
	is(rig_read(r, 0x08), 0xff, "arm_sysreg: eight LEDs");
	rig_pass(r, 1000000000);
	is(rig_read(r, 0x5c), 24000000, "arm_sysreg: 24 MHz counter");
	is(rig_read(r, 0x24), 100, "arm_sysreg: 100 Hz counter");
	rig_write(r, 0x30, 0xf0);
	rig_write(r, 0x34, 0x30);
	is(rig_read(r, 0x30), 0xc0, "arm_sysreg: flags set and cleared");

	is(configure(r, 1u << 20 | 1u << 16 | 1, 0), 1, "arm_sysreg: oscillator read");
	is(rig_read(r, 0xa0), 23750000, "arm_sysreg: its rate");
	is(configure(r, 1u << 30 | 1u << 20 | 1u << 16 | 1, 40000000), 1,
	   "arm_sysreg: oscillator set");
	configure(r, 1u << 20 | 1u << 16 | 1, 0);
	is(rig_read(r, 0xa0), 40000000, "arm_sysreg: to the new rate");
	is(configure(r, 1u << 20 | 2u << 16, 0), 3, "arm_sysreg: no such site");
	is(configure(r, 1u << 30 | 2u << 20, 0), 3, "arm_sysreg: voltages can't be set");
	is(configure(r, 2u << 20, 0), 1, "arm_sysreg: but read");
	is(configure(r, 1u << 30 | 9u << 20, 0), 1, "arm_sysreg: reboot");
	is(r->rises[LINE_RESET], 1, "arm_sysreg: pulses reset");
	is(configure(r, 1u << 30 | 8u << 20, 0), 1, "arm_sysreg: shutdown");
	is(r->rises[LINE_OFF], 1, "arm_sysreg: pulses off");
	rig_close(r);
}

static void test_pl061(void)
{
	struct rig *r = rig_open();
	struct pl061_config config = { .irq = rig_line(r, LINE_GPIO) };
	struct irq key;
	struct pl061 *gpio;

	config.output[7] = rig_line(r, LINE_OUTPUT);
	gpio = pl061_create(&config);
	rig_place(r, 0, 0x1000, &pl061_ops, gpio);
	key = pl061_input(gpio, 3);
	ok(rig_is_primecell(r, 0x00041061), "pl061: identification");
	rig_write(r, 0x40c, 8); /* rising edges of line 3 */
	rig_write(r, 0x410, 8);
	irq_set(&key, true);
	ok(r->line[LINE_GPIO], "pl061: interrupt at the edge");
	is(rig_read(r, 0x3fc), 8, "pl061: all lines");
	is(rig_read(r, 0x3dc), 0, "pl061: all but line 3, by address");
	irq_set(&key, false);
	ok(r->line[LINE_GPIO], "pl061: latched");
	rig_write(r, 0x41c, 8);
	ok(!r->line[LINE_GPIO], "pl061: cleared");
	irq_set(&key, true);
	rig_write(r, 0x41c, 8);
	rig_write(r, 0x404, 8); /* level */
	ok(r->line[LINE_GPIO], "pl061: high level");
	irq_set(&key, false);
	ok(!r->line[LINE_GPIO], "pl061: low level");
	rig_write(r, 0x400, 0x80);
	rig_write(r, 0x3fc, 0xff);
	ok(r->line[LINE_OUTPUT], "pl061: output");
	is(rig_read(r, 0x3fc), 0x80, "pl061: inputs can't be written");
	rig_close(r);
}

static void put_request(struct rig *r, uint32_t control, uint32_t count, uint64_t address)
{
	const uint32_t request[4] = { __builtin_bswap32(control), __builtin_bswap32(count),
				      __builtin_bswap32((uint32_t)(address >> 32)),
				      __builtin_bswap32((uint32_t)address) };

	bus_write(r->bus, 0x100, request, sizeof request);
	rig_write(r, 16, 0);
	rig_write(r, 20, __builtin_bswap32(0x100));
}

static uint32_t request_status(struct rig *r)
{
	uint32_t status = 0;

	bus_read(r->bus, 0x100, &status, sizeof status);
	return __builtin_bswap32(status);
}

static void test_fw_cfg(void)
{
	static const uint8_t file[8] = "contents";
	struct rig *r = rig_open();
	struct fw_cfg *f = fw_cfg_create(r->bus);
	uint8_t bytes[80] = { 0 };

	bus_add_ram(r->bus, 0, 0x10000, NULL);
	rig_place(r, 0, FW_CFG_BYTES, &fw_cfg_ops, f);
	ok(fw_cfg_add_number(f, FW_CFG_CPUS, 1, 2), "fw_cfg: an item is added");
	ok(!fw_cfg_add_number(f, FW_CFG_CPUS, 1, 2), "fw_cfg: but once");
	ok(fw_cfg_add_file(f, "opt/file", file, sizeof file), "fw_cfg: a file is added");

	is(rig_read(r, 0), 0x554d4551, "fw_cfg: signature, bytes in order");
	rig_write_sized(r, 8, 2, __builtin_bswap16(FW_CFG_CPUS));
	is(rig_read_sized(r, 0, 1), 1, "fw_cfg: one CPU");
	is(rig_read_sized(r, 0, 2), 0, "fw_cfg: zeros behind the end");
	is(rig_read(r, 16), 0x554d4551, "fw_cfg: DMA signature");

	put_request(r, FW_CFG_DIRECTORY << 16 | 8 | 2, 68, 0x200);
	is(request_status(r), 0, "fw_cfg: directory by DMA");
	bus_read(r->bus, 0x200, bytes, 68);
	is(bytes[3], 1, "fw_cfg: one file");
	is(bytes[7], sizeof file, "fw_cfg: its size");
	is_string((char *)bytes + 12, "opt/file", "fw_cfg: its name");
	put_request(r, (uint32_t)(bytes[8] << 8 | bytes[9]) << 16 | 8 | 2, 4, 0x200);
	put_request(r, 2, 4, 0x204);
	bus_read(r->bus, 0x200, bytes, 8);
	ok(!memcmp(bytes, file, 8), "fw_cfg: its contents in two pieces");
	put_request(r, 2, 4, 0x10000000000);
	is(request_status(r), 1, "fw_cfg: no DMA to where no memory is");
	put_request(r, 2, 0xffffffff, 0x200);
	is(request_status(r), 1, "fw_cfg: nor without end");
	put_request(r, 16, 4, 0x200);
	is(request_status(r), 1, "fw_cfg: nor to items");
	rig_close(r);
}

static void test_cfi_flash(void)
{
	struct rig *r = rig_open(), *other = rig_open();
	uint32_t bytes = 4 * CFI_FLASH_BLOCK_BYTES;

	rig_place(r, 0, bytes, &cfi_flash_ops, cfi_flash_create(bytes, 0));
	rig_place(other, 0, bytes, &cfi_flash_ops, cfi_flash_create(bytes, 0));
	is(rig_read(r, 0x1234), ~0u, "cfi_flash: erased at first");
	rig_write(r, 0x55 * 4, 0x00980098);
	is(rig_read(r, 0x10 * 4), 0x00510051, "cfi_flash: Q");
	is(rig_read(r, 0x11 * 4), 0x00520052, "cfi_flash: R");
	is(rig_read(r, 0x12 * 4), 0x00590059, "cfi_flash: Y");
	is(rig_read(r, 0x27 * 4), 0x00130013, "cfi_flash: 512 KiB each");
	is(rig_read(r, 0x2d * 4), 0x00030003, "cfi_flash: four blocks");
	rig_write(r, 0, 0x00ff00ff);
	rig_write(r, 0x40, 0x00400040);
	rig_write(r, 0x40, 0x12345678);
	is(rig_read(r, 0x40), 0x00800080, "cfi_flash: ready");
	rig_write(r, 0, 0x00ff00ff);
	is(rig_read(r, 0x40), 0x12345678, "cfi_flash: programmed");
	rig_write(r, 0x40, 0x00400040);
	rig_write(r, 0x40, 0xf0f0f0f0);
	rig_write(r, 0, 0x00ff00ff);
	is(rig_read(r, 0x40), 0x10305070, "cfi_flash: programming only clears bits");
	rig_write(r, 0x80, 0x00e800e8);
	rig_write(r, 0x80, 0x00010001);
	rig_write(r, 0x80, 0x11111111);
	rig_write(r, 0x84, 0x22222222);
	rig_write(r, 0x80, 0x00d000d0);
	rig_write(r, 0, 0x00ff00ff);
	is(rig_read(r, 0x84), 0x22222222, "cfi_flash: programmed by buffer");
	ok(rig_save(r) && rig_load(other, r), "cfi_flash: saved and loaded");
	is(rig_read(other, 0x80), 0x11111111, "cfi_flash: with its contents");
	rig_write(r, 0, 0x00200020);
	rig_write(r, 0, 0x00d000d0);
	rig_write(r, 0, 0x00ff00ff);
	is(rig_read(r, 0x40), ~0u, "cfi_flash: block erased");
	rig_write(r, 0, 0x00200020);
	rig_write(r, 0, 0x00110011);
	is(rig_read(r, 0) & 0x20, 0x20, "cfi_flash: not without confirmation");
	rig_close(r);
	rig_close(other);
}

/* Room for two pages only. */
static void test_cfi_flash_bound(void)
{
	struct rig *r = rig_open();
	uint32_t bytes = 4 * CFI_FLASH_BLOCK_BYTES;

	rig_place(r, 0, bytes, &cfi_flash_ops, cfi_flash_create(bytes, 2 * PAGE_BYTES));
	for (uint32_t at = 0; at < 3 * CFI_FLASH_BLOCK_BYTES; at += CFI_FLASH_BLOCK_BYTES) {
		rig_write(r, at, 0x00400040);
		rig_write(r, at, 0x12345678);
	}
	is(rig_read(r, 0) & 0x10, 0x10, "cfi_flash: a third page can't be programmed");
	rig_write(r, 0, 0x00500050);
	rig_write(r, 0, 0x00ff00ff);
	is(rig_read(r, 2 * CFI_FLASH_BLOCK_BYTES), ~0u, "cfi_flash: it is as it was");
	is(rig_read(r, CFI_FLASH_BLOCK_BYTES), 0x12345678, "cfi_flash: the second is not");
	rig_write(r, 0, 0x00200020);
	rig_write(r, 0, 0x00d000d0);
	rig_write(r, 2 * CFI_FLASH_BLOCK_BYTES, 0x00400040);
	rig_write(r, 2 * CFI_FLASH_BLOCK_BYTES, 0x87654321);
	is(rig_read(r, 0) & 0x10, 0, "cfi_flash: it can when the first is erased");
	rig_write(r, 0, 0x00ff00ff);
	is(rig_read(r, 2 * CFI_FLASH_BLOCK_BYTES), 0x87654321, "cfi_flash: and is");
	is(rig_read(r, 0), ~0u, "cfi_flash: the first is empty");
	rig_close(r);
}

int main(void)
{
	test_plain_chips();
	test_arm_sysreg();
	test_pl061();
	test_fw_cfg();
	test_cfi_flash();
	test_cfi_flash_bound();
	return done();
}
