/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86 disassembler: known bytes.  With an argument, 32 or 16, it instead reads
 * instructions as hexadecimal bytes from standard input and prints "LENGTH TEXT" for each;
 * disasm_compare.py uses that.
 */
#include "tap.h"

#include <stdlib.h>

#include "guest/x86/decode.h"
#include "guest/x86/system.h"

#define BYTES 24

static const struct {
	bool wide;
	unsigned length;
	uint8_t bytes[16];
	const char *text;
} disasm_known[] = {
	{ true, 2, { 0x89, 0xd8 }, "mov eax,ebx" },
	{ true,
	  7,
	  { 0x8b, 0x84, 0x8b, 0x78, 0x56, 0x34, 0x12 },
	  "mov eax,DWORD PTR [ebx+ecx*4+0x12345678]" },
	{ true, 3, { 0x83, 0xe4, 0xf0 }, "and esp,0xfffffff0" },
	{ true, 4, { 0x66, 0x83, 0xc0, 0xff }, "add ax,0xffff" },
	{ true, 6, { 0x64, 0xa1, 0x10, 0, 0, 0 }, "mov eax,fs:0x10" },
	{ true, 2, { 0xf3, 0xa5 }, "rep movs DWORD PTR es:[edi],DWORD PTR ds:[esi]" },
	{ true, 2, { 0xeb, 0xfe }, "jmp 0x8000" },
	{ true, 4, { 0x0f, 0xb6, 0x46, 0xff }, "movzx eax,BYTE PTR [esi-0x1]" },
	{ true, 4, { 0xf0, 0x0f, 0xb1, 0x0e }, "lock cmpxchg DWORD PTR [esi],ecx" },
	{ true, 7, { 0x9a, 4, 3, 2, 1, 8, 0 }, "call 0x8:0x1020304" },
	{ true, 2, { 0x66, 0x98 }, "cbw" },
	{ true, 4, { 0xc8, 0x10, 0, 2 }, "enter 0x10,0x2" },
	{ true, 3, { 0x0f, 0x22, 0xd8 }, "mov cr3,eax" },
	{ true, 2, { 0xf0, 0x90 }, "(bad)" },
	{ false, 2, { 0x8b, 0x00 }, "mov ax,WORD PTR [bx+si]" },
	{ false, 3, { 0x66, 0xff, 0x2f }, "jmp FWORD PTR [bx]" },
	{ false, 5, { 0x67, 0x66, 0x8b, 0x04, 0x24 }, "mov eax,DWORD PTR [esp]" },
	{ false, 3, { 0xe8, 0xfd, 0x8f }, "call 0x1000" },
};

static void disasm_lines(bool wide)
{
	char line[128], text[128];

	while (fgets(line, sizeof line, stdin)) {
		uint8_t bytes[BYTES];
		unsigned count = 0, length;

		while (count < BYTES && sscanf(line + 2 * count, "%2hhx", &bytes[count]) == 1)
			count++;
		length = x86_disassemble_as(wide, 0x8000, bytes, count, text, sizeof text);
		printf("%u %s\n", length, text);
	}
}

int main(int argc, char **argv)
{
	char text[128], small[8];

	if (argc > 1) {
		disasm_lines(strtoul(argv[1], NULL, 0) == 32);
		return 0;
	}
	for (unsigned i = 0; i < COUNT_OF(disasm_known); i++) {
		unsigned length = x86_disassemble_as(disasm_known[i].wide, 0x8000,
						     disasm_known[i].bytes, 16, text, sizeof text);

		is_string(text, disasm_known[i].text, "%s", disasm_known[i].text);
		is(length, disasm_known[i].length, "its length");
	}
	x86_disassemble(0x8000, disasm_known[1].bytes, 16, small, sizeof small);
	is_string(small, "mov eax", "text is cut to the room");
	is(x86_disassemble(0x8000, disasm_known[1].bytes, 6, text, sizeof text), 0,
	   "an instruction that isn't all there has no length");
	return done();
}
