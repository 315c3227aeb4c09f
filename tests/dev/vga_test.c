/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VGA's registers, window, DISPI and saved state; its pictures are in
 * vga_picture_test.c.
 */
#include "vga_stand.h"

static void test_ports(void)
{
	vga_open(0);
	out(0x3C2, 0xFF);
	is(in(0x3CC), 0xEF, "miscellaneous output without its reserved bit");
	set(0x3C4, 1, 0xFF);
	is(get(0x3C4, 1), 0x3D, "clocking mode has these bits");
	set(0x3CE, 5, 0xFF);
	is(get(0x3CE, 5), 0x7B, "graphics mode has these");
	is(get(0x3C4, 9), 0, "no sequencer register 9");
	out(0x3C4, 0x42);
	is(in(0x3C4), 0x42, "an index reads back");
	set(0x3D4, 0x0E, 0x12);
	is(get(0x3D4, 0x0E), 0x12, "CRT controller at 3D4");
	is(in(0x3B5), 0xFF, "but not at 3B4");
	out(0x3DA, 0x03);
	is(in(0x3CA), 0x03, "feature control");
	out(0x3C2, 0xE2);
	is(in(0x3D5), 0xFF, "monochrome: it leaves 3D4");
	is(get(0x3B4, 0x0E), 0x12, "for 3B4");
	is(in(0x3DA), 0xFF, "and so does status");
	ok(in(0x3BA) != 0xFF, "for 3BA");
	is(in(0x3C2) & 0x10, 0x10, "a monitor is there");
	out(0x3C3, 0);
	is(in(0x3CC), 0xFF, "no register answers while the subsystem is off");
	is(in(0x3C3), 0, "but the one that says so");
	out(0x3C3, 1);
	is(in(0x3CC), 0xE2, "on again");
	vga_close();
}

static void test_protection(void)
{
	vga_open(0);
	out(0x3C2, 0x63);
	set(0x3D4, 0, 0x5F);
	set(0x3D4, 7, 0x1F);
	set(0x3D4, 0x11, 0x8E);
	set(0x3D4, 0, 0xAA);
	is(get(0x3D4, 0), 0x5F, "register 0 is protected");
	set(0x3D4, 7, 0xE0);
	is(get(0x3D4, 7), 0x0F, "of register 7 all but line compare");
	set(0x3D4, 8, 0x21);
	is(get(0x3D4, 8), 0x21, "register 8 isn't");
	set(0x3D4, 0x11, 0x0E);
	set(0x3D4, 0, 0xAA);
	is(get(0x3D4, 0), 0xAA, "no longer protected");
	vga_close();
}

static void test_attribute(void)
{
	vga_open(0);
	out(0x3C2, 0x63);
	in(0x3DA);
	out(0x3C0, 0x10);
	out(0x3C0, 0xFF);
	out(0x3C0, 0x13);
	is(in(0x3C0), 0x13, "index, data, index");
	is(get(0x3D4, 0x24), 0x80, "data is next");
	out(0x3C0, 0x05);
	is(in(0x3C1), 0x05, "panning reads back");
	out(0x3C0, 0x30);
	is(in(0x3C1), 0xEF, "mode control, with bit 5 of the index");
	in(0x3DA);
	is(get(0x3D4, 0x24), 0, "reading status 1 resets the flip-flop");
	out(0x3C0, 0x01);
	is(in(0x3C0), 0x01, "so this is an index");
	vga_close();
}

static void test_dac(void)
{
	static const uint8_t bytes[] = { 0x11, 0x22, 0x33, 0xFF, 0x3E, 0x3D };

	vga_open(0);
	out(0x3C8, 0xFF);
	is(in(0x3C7), 0, "state: writing");
	for (unsigned i = 0; i < sizeof bytes; i++)
		out(0x3C9, bytes[i]);
	is(in(0x3C8), 1, "two colours on, round the end");
	out(0x3C7, 0xFF);
	is(in(0x3C7), 3, "state: reading");
	is(in(0x3C8), 0, "one ahead");
	for (unsigned i = 0; i < sizeof bytes; i++)
		is(in(0x3C9), bytes[i] & 0x3F, "part %u", i);
	out(0x3C8, 0x20);
	out(0x3C9, 1);
	out(0x3C9, 2);
	out(0x3C8, 0x20);
	out(0x3C7, 0x20);
	is(in(0x3C9), 0, "an unfinished colour isn't stored");
	out(0x3C6, 0x5A);
	is(in(0x3C6), 0x5A, "PEL mask");
	vga_close();
}

/* How often a status bit rises in `ns`, looked at every `step`, and the looks it is set. */
static unsigned rises(uint8_t bit, uint64_t ns, uint64_t step, unsigned *set_looks)
{
	unsigned count = 0;
	uint8_t was = 0xFF;

	*set_looks = 0;
	for (uint64_t t = 0; t < ns; t += step) {
		uint8_t is_now = in(0x3DA) & bit;

		count += is_now && !was;
		*set_looks += is_now != 0;
		was = is_now;
		rig_pass(rig, step);
	}
	return count;
}

static void test_retrace(void)
{
	unsigned looks;

	vga_open(0);
	set_mode(&mode_03);
	is(rises(0x08, NS_PER_SECOND, 10000, &looks), 70, "text: 70 frames a second");
	ok(looks >= 430 && looks <= 460, "retrace lasts two of 449 lines: %u looks", looks);
	is(rises(0x01, 10 * 31777, 500, &looks), 10, "31.5 kHz lines");
	set_mode(&mode_12);
	is(rises(0x08, NS_PER_SECOND, 10000, &looks), 60, "640 x 480: 60 frames");
	set_mode(&mode_10);
	is(rises(0x08, NS_PER_SECOND, 10000, &looks), 70, "640 x 350: 70 frames");
	set_dispi(4, 0x41);
	is(rises(0x08, NS_PER_SECOND, 10000, &looks), 60, "DISPI: 60 frames");
	vga_close();
}

static void test_retrace_interrupt(void)
{
	vga_open(0);
	set_mode(&mode_03);
	set(0x3D4, 0x11, 0x0E);
	set(0x3D4, 0x11, 0x1E);
	is(in(0x3C2) & 0x80, 0, "no interrupt since it was cleared");
	rig_pass(rig, FRAME_70_NS);
	is(in(0x3C2) & 0x80, 0x80, "after a frame there is");
	set(0x3D4, 0x11, 0x0E);
	is(in(0x3C2) & 0x80, 0, "cleared");
	rig_pass(rig, 20 * FRAME_70_NS);
	set(0x3D4, 0x11, 0x1E);
	is(in(0x3C2) & 0x80, 0x80, "retraces go on while it is off");
	set(0x3D4, 0x11, 0x0E);
	set(0x3D4, 0x11, 0x1E);
	out(0x3C2, 0x63);
	is(in(0x3C2) & 0x80, 0, "another dot clock is no retrace");
	rig_pass(rig, NS_PER_SECOND / 60);
	is(in(0x3C2) & 0x80, 0x80, "but has some");
	vga_close();
}

/* All four planes of a byte, one after the other. */
static uint32_t planes_at(uint32_t address)
{
	uint32_t value = 0;
	uint8_t mode = get(0x3CE, 5);

	set(0x3CE, 5, 0);
	for (unsigned p = 0; p < 4; p++) {
		set(0x3CE, 4, (uint8_t)p);
		value |= (uint32_t)peek(address) << 8 * p;
	}
	set(0x3CE, 5, mode);
	return value;
}

static void put_planes_at(uint32_t address, uint32_t value)
{
	for (unsigned p = 0; p < 4; p++) {
		set(0x3C4, 2, (uint8_t)(1 << p));
		poke(address, (uint8_t)(value >> 8 * p));
	}
	set(0x3C4, 2, 0x0F);
}

static void test_write_mode_0(void)
{
	vga_open(0);
	set_mode(&mode_12);
	put_planes_at(0xA1234, 0x44332211);
	is(planes_at(0xA1234), 0x44332211, "each plane by map mask and read map");
	set(0x3CE, 3, 0x03);
	poke(0xA0000, 0x81);
	is(planes_at(0xA0000), 0x30303030, "rotated by 3");
	set(0x3CE, 3, 0x00);
	set(0x3CE, 0, 0x05);
	set(0x3CE, 1, 0x07);
	poke(0xA0000, 0x5A);
	is(planes_at(0xA0000), 0x5AFF00FF, "set/reset where enabled");
	set(0x3CE, 1, 0);
	put_planes_at(0xA0001, 0xF00F55AA);
	peek(0xA0001);
	set(0x3CE, 8, 0x0F);
	poke(0xA0002, 0xC3);
	is(planes_at(0xA0002), 0xF30353A3, "bit mask: the rest comes from the latches");
	set(0x3CE, 8, 0xFF);
	for (unsigned f = 1; f < 4; f++) {
		uint32_t latch = 0xF00F55AA, data = 0x3C3C3C3C;
		uint32_t result = f == 1 ? latch & data : f == 2 ? latch | data : latch ^ data;

		peek(0xA0001);
		set(0x3CE, 3, (uint8_t)(f << 3));
		poke(0xA0003, 0x3C);
		is(planes_at(0xA0003), result, "logical function %u", f);
	}
	vga_close();
}

static void test_write_modes(void)
{
	vga_open(0);
	set_mode(&mode_12);
	put_planes_at(0xA0010, 0x12345678);
	peek(0xA0010);
	set(0x3CE, 5, 1);
	poke(0xA0020, 0xFF);
	is(planes_at(0xA0020), 0x12345678, "mode 1 copies the latches");
	set(0x3C4, 2, 0x06);
	peek(0xA0010);
	poke(0xA0021, 0xFF);
	is(planes_at(0xA0021), 0x00345600, "into the planes of the map mask");
	set(0x3C4, 2, 0x0F);
	set(0x3CE, 5, 2);
	peek(0xA0010);
	set(0x3CE, 8, 0xF0);
	poke(0xA0022, 0x09);
	is(planes_at(0xA0022), 0xF20406F8, "mode 2: a colour where the bit mask is");
	set(0x3CE, 5, 3);
	set(0x3CE, 0, 0x06);
	set(0x3CE, 3, 0x04);
	set(0x3CE, 8, 0x3C);
	peek(0xA0010);
	poke(0xA0023, 0xF1);
	is(planes_at(0xA0023), 0x023C5E60, "mode 3: rotated data and bit mask, set/reset");
	vga_close();
}

static void test_read_mode_1(void)
{
	vga_open(0);
	set_mode(&mode_12);
	/* Pixels, from the left: 0 to 7. */
	put_planes_at(0xA0000, 0x000F3355);
	set(0x3CE, 5, 0x08);
	set(0x3CE, 2, 5);
	set(0x3CE, 7, 0x0F);
	is(peek(0xA0000), 0x04, "colour 5 is the sixth");
	set(0x3CE, 7, 0x0E);
	is(peek(0xA0000), 0x0C, "whatever bit 0 is, the fifth too");
	set(0x3CE, 7, 0);
	is(peek(0xA0000), 0xFF, "all, if nothing matters");
	is(get(0x3D4, 0x22), 0x55, "the latch of the plane that was read last");
	vga_close();
}

static void test_maps(void)
{
	vga_open(0);
	set_mode(&mode_12);
	poke(0xB0000, 1);
	is(peek(0xB0000), 0xFF, "64 KiB at A0000: nothing at B0000");
	set(0x3CE, 6, 0x09);
	poke(0xB0005, 0x55);
	is(peek(0xB0005), 0x55, "32 KiB at B0000");
	is(peek(0xB8005), 0xFF, "and no more");
	is(peek(0xA0005), 0xFF, "nor at A0000");
	set(0x3CE, 6, 0x0D);
	is(peek(0xB8005), 0x55, "32 KiB at B8000, the same");
	set(0x3CE, 6, 0x01);
	is(peek(0xA0005), 0x55, "128 KiB at A0000");
	is(peek(0xB0005), 0x55, "in planes of 64");
	out(0x3C2, 0xE1);
	is(peek(0xA0005), 0xFF, "memory is off");
	poke(0xA0005, 7);
	out(0x3C2, 0xE3);
	is(peek(0xA0005), 0x55, "for writes too");
	vga_close();
}

static void test_odd_even(void)
{
	uint64_t bytes;
	hva memory;

	vga_open(0);
	memory = vga_memory(vga, &bytes);
	is(bytes, 16 << 20, "16 MiB if nothing else is asked for");
	set_mode(&mode_03);
	rig_write_sized(rig, WINDOW_AT + 0x18002, 4, 0x1F421E41);
	is(rig_read_sized(rig, WINDOW_AT + 0x18002, 4), 0x1F421E41, "text reads back");
	ok(memory[4 * 2] == 0x41 && memory[4 * 2 + 1] == 0x1E && memory[4 * 4] == 0x42 &&
		   memory[4 * 4 + 1] == 0x1F,
	   "characters in plane 0, attributes in plane 1, at even addresses");
	ok(!memory[4 * 3] && !memory[4 * 2 + 2], "nothing elsewhere");
	set(0x3C4, 2, 0x0C);
	rig_write_sized(rig, WINDOW_AT + 0x18002, 2, 0x7766);
	ok(memory[4 * 2 + 2] == 0x66 && memory[4 * 2 + 3] == 0x77, "or in planes 2 and 3");
	set(0x3CE, 4, 2);
	is(rig_read_sized(rig, WINDOW_AT + 0x18002, 2), 0x7766, "read with read map 2");
	is(memory[4 * 2], 0x41, "without touching 0");
	set(0x3CE, 6, 0x02);
	rig_write_sized(rig, WINDOW_AT + 0x10002, 2, 0x5544);
	ok(memory[4 * 3 + 2] == 0x44 && memory[4 * 3 + 3] == 0x55,
	   "the upper 64 of 128 KiB are the odd addresses");
	is(rig_read_sized(rig, WINDOW_AT + 0x10002, 2), 0x5544, "read there");
	vga_close();
}

static void test_chain_4(void)
{
	uint64_t bytes;
	hva memory;

	vga_open(VGA_MEMORY_MIN);
	memory = vga_memory(vga, &bytes);
	is(bytes, 0x40000, "256 KiB if asked for");
	set_mode(&mode_13);
	rig_write_sized(rig, WINDOW_AT + 0x1230, 4, 0x44332211);
	ok(memory[0x1230] == 0x11 && memory[0x1233] == 0x44, "packed");
	is(peek(0xA1232), 0x33, "and read so");
	set(0x3C4, 2, 0x05);
	rig_write_sized(rig, WINDOW_AT + 0x1230, 4, 0);
	is(rig_read_sized(rig, WINDOW_AT + 0x1230, 4), 0x44002200, "map mask still holds");
	set(0x3C4, 4, 0x06);
	set(0x3CE, 4, 3);
	is(peek(0xA0000 + 0x1230 / 4), 0x44, "plane 3 of it, unchained");
	vga_close();
	ok(!vga_create(&(struct vga_config){ .memory_bytes = 0x50000 }), "sizes are powers of 2");
}

static void test_plain(void)
{
	struct vga_plain plain;
	unsigned before;

	vga_open(0);
	set_mode(&mode_12);
	ok(!vga_window_plain(vga, &plain), "planes aren't plain");
	before = window_changes;
	set_mode(&mode_13);
	ok(vga_window_plain(vga, &plain) && !plain.first && plain.bytes == 0x10000 && !plain.memory,
	   "chain 4 is");
	ok(window_changes != before, "and that was said");
	set(0x3CE, 6, 0x01);
	ok(vga_window_plain(vga, &plain) && plain.bytes == 0x20000, "128 KiB of it");
	set(0x3CE, 6, 0x05);
	set(0x3CE, 8, 0x7F);
	ok(!vga_window_plain(vga, &plain), "not with a bit mask");
	set(0x3CE, 8, 0xFF);
	set(0x3C4, 2, 0x0E);
	ok(!vga_window_plain(vga, &plain), "nor without a plane");
	set_dispi(4, 0x41);
	set_dispi(5, 3);
	ok(vga_window_plain(vga, &plain) && plain.bytes == 0x10000 && plain.memory == 0x30000,
	   "a bank of DISPI is");
	before = window_changes;
	set_dispi(5, 4);
	is(window_changes, before + 1, "a change of bank is reported");
	set_dispi(5, 4);
	is(window_changes, before + 1, "once");
	out(0x3C2, 0);
	ok(!vga_window_plain(vga, &plain), "nothing while the memory is off");
	vga_close();
}

static void test_dispi_registers(void)
{
	vga_open(0);
	is(get_dispi(0), 0xB0C5, "version");
	set_dispi(0, 0xB0C2);
	is(get_dispi(0), 0xB0C2, "an older one can be chosen");
	set_dispi(0, 0xB0C9);
	is(get_dispi(0), 0xB0C2, "but none that there isn't");
	is(get_dispi(10), 256, "16 MiB in units of 64 KiB");
	set_dispi(4, 2);
	ok(get_dispi(1) == 2560 && get_dispi(2) == 1600 && get_dispi(3) == 32, "limits");
	set_dispi(4, 0);
	set_dispi(1, 1024);
	set_dispi(2, 768);
	set_dispi(3, 32);
	set_dispi(3, 17);
	set_dispi(1, 0);
	set_dispi(2, 1601);
	ok(get_dispi(1) == 1024 && get_dispi(2) == 768 && get_dispi(3) == 32,
	   "nonsense changes nothing");
	lfb_store(0x100000, 0x12345678, 4);
	set_dispi(4, 0xC1);
	is(rig_read_sized(rig, LFB - RIG_BASE + 0x100000, 4), 0x12345678, "not cleared");
	is(get_dispi(6), 1024, "virtual width");
	is(get_dispi(7), 4096, "and height");
	set_dispi(1, 640);
	is(get_dispi(1), 1024, "the size stands while on");
	set_dispi(6, 2048);
	is(get_dispi(7), 2048, "a wider one is less high");
	set_dispi(6, 640);
	is(get_dispi(6), 2048, "not narrower than the screen");
	set_dispi(8, 5);
	set_dispi(4, 0);
	set_dispi(4, 0x41);
	ok(get_dispi(8) == 0 && get_dispi(6) == 1024, "begins at 0 when switched on");
	is(rig_read_sized(rig, LFB - RIG_BASE + 0x100000, 4), 0, "and cleared");
	vga_close();
	vga_open(0x100000);
	set_dispi(1, 1024);
	set_dispi(2, 768);
	set_dispi(3, 32);
	set_dispi(4, 0x41);
	is(get_dispi(4), 0x40, "no mode that doesn't fit");
	set_dispi(3, 8);
	set_dispi(4, 0x41);
	is(get_dispi(4), 0x41, "but one that does");
	vga_close();
}

static void test_dispi_ports(void)
{
	vga_open(0);
	rig_write_sized(rig, DISPI_AT, 2, 1);
	rig_write_sized(rig, DISPI_AT + 1, 1, 0x20);
	is(get_dispi(1), 640, "half a word does nothing");
	rig_write_sized(rig, DISPI_AT, 2, 1);
	rig_write_sized(rig, DISPI_AT + 2, 1, 0x03);
	is(get_dispi(1), 800, "the other half does");
	rig_write_sized(rig, DISPI_AT + 2, 2, 1280);
	is(rig_read_sized(rig, DISPI_AT + 2, 2), 1280, "data as a word at 1D0");
	is(rig_read_sized(rig, MMIO_AT + 0x502, 2), 1280, "the same in BAR 2");
	rig_write_sized(rig, MMIO_AT + 0x504, 2, 600);
	is(get_dispi(2), 600, "written there");
	rig_write_sized(rig, MMIO_AT + 0x504, 1, 0x00);
	is(get_dispi(2), 512, "by bytes");
	rig_write_sized(rig, MMIO_AT + 0x505, 1, 0x03);
	is(get_dispi(2), 768, "too");
	rig_write_sized(rig, MMIO_AT + 0x402, 1, 0x63);
	is(in(0x3CC), 0x63, "miscellaneous output at 402");
	rig_write_sized(rig, MMIO_AT + 0x414, 2, 0x340E);
	is(get(0x3D4, 0x0E), 0x34, "index and data in one word at 414");
	is(rig_read_sized(rig, MMIO_AT + 0x415, 1), 0x34, "and read there");
	is(rig_read_sized(rig, MMIO_AT, 4), 0, "nothing at 0");
	is(rig_read_sized(rig, MMIO_AT + 0x600, 4), 0, "nor at 600");
	vga_close();
}

static void test_banks(void)
{
	vga_open(0x100000);
	set_mode(&mode_12);
	set_dispi(4, 0x41);
	set_dispi(5, 2);
	rig_write_sized(rig, WINDOW_AT + 0x1234, 4, 0xCAFEBABE);
	is(rig_read_sized(rig, LFB - RIG_BASE + 0x21234, 4), 0xCAFEBABE, "bank 2");
	set_dispi(5, 0x13);
	is(get_dispi(5), 3, "banks wrap at the memory's end");
	poke(0xAFFFF, 0x77);
	is(rig_read_sized(rig, LFB - RIG_BASE + 0x3FFFF, 1), 0x77, "the last byte of bank 3");
	is(peek(0xB8000), 0xFF, "64 KiB");
	vga_close();
}

static void test_8_bit_dac(void)
{
	vga_open(0);
	out(0x3C8, 1);
	out(0x3C9, 0x3F);
	out(0x3C9, 0x20);
	out(0x3C9, 0x01);
	set_dispi(4, 0x20);
	out(0x3C7, 1);
	ok(in(0x3C9) == 0xFC && in(0x3C9) == 0x80 && in(0x3C9) == 0x04, "six bits are the upper");
	out(0x3C8, 2);
	out(0x3C9, 0xFF);
	out(0x3C9, 0x7B);
	out(0x3C9, 0x03);
	out(0x3C7, 2);
	ok(in(0x3C9) == 0xFF && in(0x3C9) == 0x7B && in(0x3C9) == 0x03, "eight are kept");
	set_dispi(4, 0);
	out(0x3C7, 2);
	ok(in(0x3C9) == 0x3F && in(0x3C9) == 0x1E && in(0x3C9) == 0x00, "of which six show again");
	vga_close();
}

/* Saved in the middle of everything that takes several accesses. */
static void test_state(void)
{
	struct rig *first;
	struct vga_plain plain;

	vga_open(VGA_MEMORY_MIN);
	set_mode(&mode_12);
	put_planes_at(0xA0100, 0x89ABCDEF);
	peek(0xA0100);
	rig_pass(rig, 123456789);
	set(0x3D4, 0x0C, 0x40);
	out(0x3C8, 7);
	out(0x3C9, 1);
	in(0x3DA);
	out(0x3C0, 0x31);
	rig_write_sized(rig, DISPI_AT, 2, 1);
	rig_write_sized(rig, DISPI_AT + 1, 1, 0x20);
	ok(rig_save(rig), "saved");
	first = rig;
	vga_open(VGA_MEMORY_MIN);
	ok(rig_load(rig, first), "loaded into another");
	rig_write_sized(rig, DISPI_AT + 2, 1, 0x03);
	is(get_dispi(1), 800, "a word of DISPI goes on");
	out(0x3C0, 0x2A);
	is(in(0x3C1), 0x2A, "the attribute controller expected data");
	out(0x3C9, 2);
	out(0x3C9, 3);
	out(0x3C7, 7);
	ok(in(0x3C9) == 1 && in(0x3C9) == 2 && in(0x3C9) == 3, "so did the DAC");
	set(0x3CE, 5, 1);
	poke(0xA0200, 0);
	is(planes_at(0xA0200), 0x89ABCDEF, "the latches are there");
	is(planes_at(0xA0100), 0x89ABCDEF, "and the memory");
	vga_close();
	rig = first;
	vga_close();
	vga_open(VGA_MEMORY_MIN);
	set_mode(&mode_13);
	rig_save(rig);
	first = rig;
	vga_open(VGA_MEMORY_MIN);
	window_changes = 0;
	rig_load(rig, first);
	ok(vga_window_plain(vga, &plain) && window_changes == 1, "loading tells of the window");
	bus_reset(rig->bus);
	is(in(0x3CC), 0, "reset");
	is(window_changes, 2, "tells too");
	vga_close();
	rig = first;
	vga_close();
}

int main(void)
{
	test_ports();
	test_protection();
	test_attribute();
	test_dac();
	test_retrace();
	test_retrace_interrupt();
	test_write_mode_0();
	test_write_modes();
	test_read_mode_1();
	test_maps();
	test_odd_even();
	test_chain_4();
	test_plain();
	test_dispi_registers();
	test_dispi_ports();
	test_banks();
	test_8_bit_dac();
	test_state();
	return done();
}
