/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM disassembler: known words.  With an argument, a32 or thumb, it instead reads
 * instructions as hexadecimal words from standard input (Thumb: the first half-word in
 * the high half; a 16-bit one alone) and prints "LENGTH IGNORED TEXT" for each, where
 * IGNORED are the bits the decoder doesn't look at; disasm_compare.py uses that.
 */
#include "tap.h"

#include <stdlib.h>

#include "guest/arm/decode.h"
#include "guest/arm/system.h"

static unsigned disasm_text(bool thumb, uint32_t word, char *text, size_t room)
{
	uint8_t bytes[4] = { (uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
			     (uint8_t)(word >> 24) };

	if (thumb && word >> 16) {
		bytes[0] = (uint8_t)(word >> 16);
		bytes[1] = (uint8_t)(word >> 24);
		bytes[2] = (uint8_t)word;
		bytes[3] = (uint8_t)(word >> 8);
	}
	return arm_disassemble(0x8000 | thumb, bytes, sizeof bytes, text, room);
}

static const struct {
	bool thumb;
	uint32_t word;
	const char *text;
} disasm_known[] = {
	{ false, 0xe0810002, "add r0, r1, r2" },
	{ false, 0x00910252, "addseq r0, r1, r2, asr r2" },
	{ false, 0xe3a0c0ff, "mov ip, #255" },
	{ false, 0xe1a01062, "mov r1, r2, rrx" },
	{ false, 0xe5b10004, "ldr r0, [r1, #4]!" },
	{ false, 0xe6910102, "ldr r0, [r1], r2, lsl #2" },
	{ false, 0xe1c240d8, "ldrd r4, r5, [r2, #8]" },
	{ false, 0xe8bd8010, "ldmia sp!, {r4, pc}" },
	{ false, 0xe30f1234, "movw r1, #62004" },
	{ false, 0xeafffffe, "b 0x8000" },
	{ false, 0xfa000000, "blx 0x8008" },
	{ false, 0xee1d0f70, "mrc p15, #0, r0, c13, c0, #3" },
	{ false, 0xf57ff05b, "dmb #11" },
	{ false, 0xf10c0080, "cpsid i" },
	{ false, 0xe7f000f0, "undefined 0xe7f000f0" },
	{ true, 0x2a05, "cmp r2, #5" },
	{ true, 0xbf14, "ite ne" },
	{ true, 0xbd10, "pop {r4, pc}" },
	{ true, 0xb118, "cbz r0, 0x800a" },
	{ true, 0x4770, "bx lr" },
	{ true, 0xf0003001, "and.w r0, r0, #16843009" },
	{ true, 0xf3c10286, "ubfx r2, r1, #2, #7" },
	{ true, 0xe8dff001, "tbb [pc, r1]" },
	{ true, 0xf7fffffe, "bl 0x8000" },
	{ true, 0xde00, "undefined 0xde00" },
};

static uint32_t disasm_ignored(bool thumb, uint32_t word)
{
	struct arm_operands o;
	uint32_t mask = 0;

	if (!arm_decode(thumb, word, &o))
		return 0;
	for (const char *p = o.row->pattern; *p; p++)
		if (*p != ' ')
			mask = mask << 1 | (*p == '-');
	return mask;
}

static void disasm_words(bool thumb)
{
	char line[64], text[128];

	while (fgets(line, sizeof line, stdin)) {
		uint32_t word = (uint32_t)strtoul(line, NULL, 16);
		unsigned length = disasm_text(thumb, word, text, sizeof text);

		printf("%u %x %s\n", length, disasm_ignored(thumb, word), text);
	}
}

int main(int argc, char **argv)
{
	char text[128], small[8];

	if (argc > 1) {
		disasm_words(strcmp(argv[1], "thumb") == 0);
		return 0;
	}
	for (unsigned i = 0; i < sizeof disasm_known / sizeof disasm_known[0]; i++) {
		unsigned length =
			disasm_text(disasm_known[i].thumb, disasm_known[i].word, text, sizeof text);
		unsigned expected = !disasm_known[i].thumb || disasm_known[i].word >> 16 ? 4 : 2;

		is_string(text, disasm_known[i].text, "%s", disasm_known[i].text);
		is(length, expected, "its length");
	}
	disasm_text(false, 0xe0810002, small, sizeof small);
	is_string(small, "add r0,", "text is cut to the room");
	is(arm_disassemble(0x8000, (const uint8_t *)"", 1, text, sizeof text), 0,
	   "an instruction that isn't all there has no length");
	return done();
}
