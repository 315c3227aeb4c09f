/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86 front end's integer part: small programs, translated and interpreted, each in
 * blocks as large as can be, optimised, in blocks of one and of two instructions, with
 * pages that string instructions may use by pointers and without.  All must lead to the
 * same state after the same number of instructions.
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "run.h"

#define CODE 0x8000u
#define DATA 0x20000u /* word i is 0x1000 + i */
#define DATA_WORDS 128
#define STACK (DATA + 4 * DATA_WORDS)

/* xor eax,eax; mov ecx,10; 1: add eax,ecx; dec ecx; jnz 1b */
static const uint8_t code_sum[] = {
	0x31, 0xc0, 0xb9, 0x0a, 0x00, 0x00, 0x00, 0x01, 0xc8, 0x49, 0x75, 0xfb,
};

/* mov eax,1; call 2f; add eax,16; jmp 3f; 2: add eax,2; ret; int3; 3: nop */
static const uint8_t code_call[] = {
	0xb8, 0x01, 0x00, 0x00, 0x00, 0xe8, 0x05, 0x00, 0x00, 0x00, 0x83,
	0xc0, 0x10, 0xeb, 0x05, 0x83, 0xc0, 0x02, 0xc3, 0xcc, 0x90,
};

/* push ebp; mov ebp,esp; push 0x12345678; push -1; pusha; pop edx; pop ebx; add esp,8; pop
 * eax; pop ecx; leave */
static const uint8_t code_stack[] = {
	0x55, 0x89, 0xe5, 0x68, 0x78, 0x56, 0x34, 0x12, 0x6a, 0xff,
	0x60, 0x5a, 0x5b, 0x83, 0xc4, 0x08, 0x58, 0x59, 0xc9,
};

/* pusha; xor eax,eax; mov ebx,eax; mov esi,eax; popa */
static const uint8_t code_pusha[] = {
	0x60, 0x31, 0xc0, 0x89, 0xc3, 0x89, 0xc6, 0x61,
};

/* enter 16,0; mov [ebp-4],eax; enter 8,2; mov edx,[ebp-4]; mov ecx,ebp; leave; leave */
static const uint8_t code_enter[] = {
	0xc8, 0x10, 0x00, 0x00, 0x89, 0x45, 0xfc, 0xc8, 0x08,
	0x00, 0x02, 0x8b, 0x55, 0xfc, 0x89, 0xe9, 0xc9, 0xc9,
};

/* push 7; pop dword ptr [esp+4]; push 9; pop dword ptr [edi]; push esp; pop eax; push eax;
 * pop esp */
static const uint8_t code_popmem[] = {
	0x6a, 0x07, 0x8f, 0x44, 0x24, 0x04, 0x6a, 0x09, 0x8f, 0x07, 0x54, 0x58, 0x50, 0x5c,
};

/* mov eax,[esi+ecx*4+8]; add [edi],eax; movzx ebx,byte ptr [esi+1]; movsx edx,word ptr
 * [edi+2]; xchg [edi+4],ebx; lea ebp,[esi+ecx*2-1]; mov ah,[esi]; xlatb */
static const uint8_t code_memory[] = {
	0x8b, 0x44, 0x8e, 0x08, 0x01, 0x07, 0x0f, 0xb6, 0x5e, 0x01, 0x0f, 0xbf,
	0x57, 0x02, 0x87, 0x5f, 0x04, 0x8d, 0x6c, 0x4e, 0xff, 0x8a, 0x26, 0xd7,
};

/* mov eax,offset 1f + 0x8000; jmp eax; int3; 1: mov ebx, offset 2f + 0x8000; push ebx; call
 * [esp]; int3; 2: pop ecx; loop 3f; int3; 3: jecxz 4f; mov edx,1; 4: nop */
static const uint8_t code_jumps[] = {
	0xb8, 0x08, 0x80, 0x00, 0x00, 0xff, 0xe0, 0xcc, 0xbb, 0x12, 0x80, 0x00, 0x00, 0x53, 0xff,
	0x14, 0x24, 0xcc, 0x59, 0xe2, 0x01, 0xcc, 0xe3, 0x05, 0xba, 0x01, 0x00, 0x00, 0x00, 0x90,
};

/* cld; rep movsd; mov ecx,3; rep movsb; std; movsw; cld */
static const uint8_t code_movs[] = {
	0xfc, 0xf3, 0xa5, 0xb9, 0x03, 0x00, 0x00, 0x00, 0xf3, 0xa4, 0xfd, 0x66, 0xa5, 0xfc,
};

/* mov al,0x55; stosb; lea esi,[edi-1]; mov ecx,20; rep movsb */
static const uint8_t code_overlap[] = {
	0xb0, 0x55, 0xaa, 0x8d, 0x77, 0xff, 0xb9, 0x14, 0x00, 0x00, 0x00, 0xf3, 0xa4,
};

/* std; rep movsd; cld */
static const uint8_t code_back[] = {
	0xfd,
	0xf3,
	0xa5,
	0xfc,
};

/* rep stosd; mov ecx,5; rep stosb; stosw */
static const uint8_t code_stos[] = {
	0xf3, 0xab, 0xb9, 0x05, 0x00, 0x00, 0x00, 0xf3, 0xaa, 0x66, 0xab,
};

/* repne scasb; sete dl; mov ebx,edi; mov ecx,4; mov edi,esi; repe cmpsd; setne dh */
static const uint8_t code_scas[] = {
	0xf2, 0xae, 0x0f, 0x94, 0xc2, 0x89, 0xfb, 0xb9, 0x04, 0x00,
	0x00, 0x00, 0x89, 0xf7, 0xf3, 0xa7, 0x0f, 0x95, 0xc6,
};

/* lodsb; mov bl,al; mov ecx,3; rep lodsd; lodsw */
static const uint8_t code_lods[] = {
	0xac, 0x88, 0xc3, 0xb9, 0x03, 0x00, 0x00, 0x00, 0xf3, 0xad, 0x66, 0xad,
};

/* in al,0x60; mov edx,0x3f8; in eax,dx; out dx,al; mov ecx,3; rep insb; mov ecx,2; rep outsw */
static const uint8_t code_ports[] = {
	0xe4, 0x60, 0xba, 0xf8, 0x03, 0x00, 0x00, 0xed, 0xee, 0xb9, 0x03, 0x00,
	0x00, 0x00, 0xf3, 0x6c, 0xb9, 0x02, 0x00, 0x00, 0x00, 0x66, 0xf3, 0x6f,
};

/* stc; mov eax,5; inc eax; setc bl; adc eax,0; rol eax,3; setc bh; pushf; pop ecx; cmc; rcl
 * edx,1; bt esi,4; setc cl; lahf */
static const uint8_t code_flags[] = {
	0xf9, 0xb8, 0x05, 0x00, 0x00, 0x00, 0x40, 0x0f, 0x92, 0xc3, 0x83,
	0xd0, 0x00, 0xc1, 0xc0, 0x03, 0x0f, 0x92, 0xc7, 0x9c, 0x59, 0xf5,
	0xd1, 0xd2, 0x0f, 0xba, 0xe6, 0x04, 0x0f, 0x92, 0xc1, 0x9f,
};

/* mov eax,0x79; add al,0x35; daa; mov ebx,eax; mov eax,0x23; sub al,0x47; das; mov ecx,eax;
 * mov eax,0x0f; aaa; mov edx,eax; mov eax,63; aam; aad */
static const uint8_t code_bcd[] = {
	0xb8, 0x79, 0x00, 0x00, 0x00, 0x04, 0x35, 0x27, 0x89, 0xc3, 0xb8, 0x23, 0x00,
	0x00, 0x00, 0x2c, 0x47, 0x2f, 0x89, 0xc1, 0xb8, 0x0f, 0x00, 0x00, 0x00, 0x37,
	0x89, 0xc2, 0xb8, 0x3f, 0x00, 0x00, 0x00, 0xd4, 0x0a, 0xd5, 0x0a,
};

/* cmpxchg8b [edi]; setz bl; xadd [edi],ecx; cmpxchg [edi+4],esi; bswap edx; bsf ebp,edx */
static const uint8_t code_wide[] = {
	0x0f, 0xc7, 0x0f, 0x0f, 0x94, 0xc3, 0x0f, 0xc1, 0x0f,
	0x0f, 0xb1, 0x77, 0x04, 0x0f, 0xca, 0x0f, 0xbc, 0xea,
};

/* mov ax,0x1234; push ax; call 1f; jmp 2f; 1: pop bx; push bx; add word ptr [bp+si+2],5; mov
 * cx,3; 3: loop 3b; mov di,0xfffe; add di,4; ret; 2: mov eax,[bx+di]; mov edx,[esi] */
static const uint8_t code_real[] = {
	0xb8, 0x34, 0x12, 0x50, 0xe8, 0x02, 0x00, 0xeb, 0x12, 0x5b, 0x53, 0x83,
	0x42, 0x02, 0x05, 0xb9, 0x03, 0x00, 0xe2, 0xfe, 0xbf, 0xfe, 0xff, 0x83,
	0xc7, 0x04, 0xc3, 0x66, 0x8b, 0x01, 0x67, 0x66, 0x8b, 0x16,
};

/* mov ax,0x200; mov es,ax; mov es:[di],ax; push es; pop ds; mov bx,[di]; mov ss,ax; mov
 * sp,0x100; push 0x7777; lds dx,[di+2]; mov cx,ds */
static const uint8_t code_realseg[] = {
	0xb8, 0x00, 0x02, 0x8e, 0xc0, 0x26, 0x89, 0x05, 0x06, 0x1f, 0x8b, 0x1d, 0x8e,
	0xd0, 0xbc, 0x00, 0x01, 0x68, 0x77, 0x77, 0xc5, 0x55, 0x02, 0x8c, 0xd9,
};

/* sti; nop; cli; sti; nop; nop */
static const uint8_t code_sti[] = {
	0xfb, 0x90, 0xfa, 0xfb, 0x90, 0x90,
};

/* pushf; or dword ptr [esp],0x100; popf; mov eax,1; rep movsb; jmp 1f; nop; 1: nop; pushf;
 * and dword ptr [esp],0xfffffeff; popf; nop */
static const uint8_t code_trap[] = {
	0x9c, 0x81, 0x0c, 0x24, 0x00, 0x01, 0x00, 0x00, 0x9d, 0xb8, 0x01, 0x00, 0x00, 0x00, 0xf3,
	0xa4, 0xeb, 0x01, 0x90, 0x90, 0x9c, 0x81, 0x24, 0x24, 0xff, 0xfe, 0xff, 0xff, 0x9d, 0x90,
};

/* mov eax,100; cdq; mov ecx,7; div ecx; mov ebx,1; idiv dword ptr [esi] */
static const uint8_t code_div[] = {
	0xb8, 0x64, 0x00, 0x00, 0x00, 0x99, 0xb9, 0x07, 0x00, 0x00,
	0x00, 0xf7, 0xf1, 0xbb, 0x01, 0x00, 0x00, 0x00, 0xf7, 0x3e,
};

/* mov ebx,1; div ecx; mov ebx,2 */
static const uint8_t code_divz[] = {
	0xbb, 0x01, 0x00, 0x00, 0x00, 0xf7, 0xf1, 0xbb, 0x02, 0x00, 0x00, 0x00,
};

/* mov ebx,1; add [esi],eax; mov ebx,2 */
static const uint8_t code_fault[] = {
	0xbb, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0xbb, 0x02, 0x00, 0x00, 0x00,
};

/* rep movsd; nop */
static const uint8_t code_repfault[] = {
	0xf3,
	0xa5,
	0x90,
};

/* mov ebx,1; push eax; mov ebx,2 */
static const uint8_t code_pushfault[] = {
	0xbb, 0x01, 0x00, 0x00, 0x00, 0x50, 0xbb, 0x02, 0x00, 0x00, 0x00,
};

/* bound eax,[esi]; mov ebx,1; bound ecx,[esi] */
static const uint8_t code_bound[] = {
	0x62, 0x06, 0xbb, 0x01, 0x00, 0x00, 0x00, 0x62, 0x0e,
};

/* mov al,0x7f; into; add al,1; into; nop */
static const uint8_t code_into[] = {
	0xb0, 0x7f, 0xce, 0x04, 0x01, 0xce, 0x90,
};

/* mov eax,1; ud2; nop */
static const uint8_t code_ud[] = {
	0xb8, 0x01, 0x00, 0x00, 0x00, 0x0f, 0x0b, 0x90,
};

/* mov eax,1; jmp 1f; nop; 1: mov ebx,0x2000; jmp ebx */
static const uint8_t code_small[] = {
	0xb8, 0x01, 0x00, 0x00, 0x00, 0xeb, 0x01, 0x90, 0xbb, 0x00, 0x20, 0x00, 0x00, 0xff, 0xe3,
};

/* mov eax,[esi]; mov eax,ds:[edi]; mov ebx,1 */
static const uint8_t code_limit[] = {
	0x8b, 0x06, 0x8b, 0x07, 0xbb, 0x01, 0x00, 0x00, 0x00,
};
/* nop; cmove eax, ecx */
static const uint8_t code_cmov[] = { 0x90, 0x0f, 0x44, 0xc1 };

/* lock inc eax */
static const uint8_t code_lock[] = { 0xf0, 0x40 };

/* fourteen operand size prefixes and nop; the same with one more */
static const uint8_t code_long[] = {
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x90, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90,
};

/* What to set or look at: a register 0..7, one of these, or a word's address. */
enum { EFLAGS = 16, VECTOR, PC, INTERRUPT, TRAPS, WRITTEN, PORT, DS_LIMIT, FAMILY };

struct translate_value {
	unsigned what;
	uint32_t value;
};

#define CODE_OF(name) name, sizeof name
#define VALUES 12

static const struct translate_program {
	const char *name;
	const void *code;
	size_t bytes;
	struct translate_value before[VALUES], after[VALUES]; /* {0, 0} ends them */
	enum run_code_segment segment;
} programs[] = {
	{ "a loop", CODE_OF(code_sum), { { 0 } }, { { 1, 0 }, { 0, 55 } }, 0 },
	{ "call and return",
	  CODE_OF(code_call),
	  { { 0 } },
	  { { 0, 19 }, { X86_ESP, STACK }, { STACK - 4, 0x800a } },
	  0 },
	{ "push, pop, leave",
	  CODE_OF(code_stack),
	  { { 0, 1 }, { 1, 2 }, { 2, 3 }, { 3, 4 }, { 5, 0x11 } },
	  { { 0, 4 },
	    { 1, 3 },
	    { 2, DATA + 0x80 },
	    { 3, DATA },
	    { 5, 0x11 },
	    { 4, STACK },
	    { STACK - 32, STACK - 12 },
	    { STACK - 36, STACK - 4 } },
	  0 },
	{ "pusha and popa",
	  CODE_OF(code_pusha),
	  { { 0, 1 }, { 3, 4 } },
	  { { 0, 1 }, { 3, 4 }, { 6, DATA }, { 4, STACK } },
	  0 },
	{ "enter",
	  CODE_OF(code_enter),
	  { { 0, 5 }, { 5, 0x11 } },
	  { { 2, 5 },
	    { 1, STACK - 24 },
	    { 5, 0x11 },
	    { 4, STACK },
	    { STACK - 24, STACK - 4 },
	    { STACK - 28, 5 },
	    { STACK - 32, STACK - 24 } },
	  0 },
	{ "pop to memory and to esp",
	  CODE_OF(code_popmem),
	  { { 0 } },
	  { { STACK + 4, 7 }, { DATA + 0x80, 9 }, { 0, STACK }, { 4, STACK } },
	  0 },
	{ "memory operands",
	  CODE_OF(code_memory),
	  { { 1, 2 } },
	  { { DATA + 0x80, 0x2024 },
	    { DATA + 0x84, 0x10 },
	    { 3, 0x1021 },
	    { 5, DATA + 3 },
	    { 2, 0 },
	    { 1, 2 },
	    { 0, 0 } },
	  0 },
	{ "jumps",
	  CODE_OF(code_jumps),
	  { { 0 } },
	  { { 1, 0x8010 }, { 2, 1 }, { 4, STACK - 4 } },
	  0 },
	{ "MOVS",
	  CODE_OF(code_movs),
	  { { 1, 5 } },
	  { { DATA + 0x80, 0x1000 },
	    { DATA + 0x90, 0x1004 },
	    { DATA + 0x94, 0x1005 },
	    { DATA + 0x98, 0x1006 },
	    { 6, DATA + 21 },
	    { 7, DATA + 0x95 },
	    { EFLAGS, 2 } },
	  0 },
	{ "MOVS that overlaps",
	  CODE_OF(code_overlap),
	  { { 0 } },
	  { { DATA + 0x80, 0x55555555 },
	    { DATA + 0x90, 0x55555555 },
	    { DATA + 0x94, 0x1055 },
	    { 6, DATA + 0x94 },
	    { 7, DATA + 0x95 } },
	  0 },
	{ "MOVS downwards",
	  CODE_OF(code_back),
	  { { 1, 3 }, { 6, DATA + 8 }, { 7, DATA + 0x88 } },
	  { { DATA + 0x80, 0x1000 },
	    { DATA + 0x84, 0x1001 },
	    { DATA + 0x88, 0x1002 },
	    { DATA + 0x8c, 0x1023 },
	    { 6, DATA - 4 },
	    { 7, DATA + 0x7c } },
	  0 },
	{ "MOVS over the pages' ends",
	  CODE_OF(code_repfault),
	  { { 1, 0x1000 }, { 6, DATA - 3 }, { 7, DATA + 0x10001 } },
	  { { DATA + 0x10004, 0x1000 },
	    { DATA + 0x10000 + 0x200, 0x107f },
	    { 6, DATA - 3 + 0x4000 },
	    { 7, DATA + 0x14001 },
	    { 1, 0 } },
	  0 },
	{ "STOS",
	  CODE_OF(code_stos),
	  { { 0, 0x11223344 }, { 1, 2 } },
	  { { DATA + 0x84, 0x11223344 },
	    { DATA + 0x88, 0x44444444 },
	    { DATA + 0x8c, 0x334444 },
	    { 7, DATA + 0x8f } },
	  0 },
	{ "SCAS and CMPS",
	  CODE_OF(code_scas),
	  { { 0, 5 }, { 1, 64 }, { 7, DATA } },
	  { { 2, 1 }, { 3, DATA + 21 }, { 6, DATA + 16 }, { 7, DATA + 16 }, { 1, 0 } },
	  0 },
	{ "LODS",
	  CODE_OF(code_lods),
	  { { 3, 9 } },
	  { { 0, 0x03000010 }, { 6, DATA + 15 }, { 1, 0 }, { 3, 0 } },
	  0 },
	{ "ports",
	  CODE_OF(code_ports),
	  { { 6, DATA + 2 } },
	  { { 0, 2 },
	    { DATA + 0x80, 0x050403 },
	    { WRITTEN, 0x1001 },
	    { PORT, 0x3f8 },
	    { 6, DATA + 6 },
	    { 7, DATA + 0x83 } },
	  0 },
	{ "flags",
	  CODE_OF(code_flags),
	  { { 2, 0x80000000 } },
	  { { 0, 0x238 }, { 3, 1 }, { 1, 0 }, { 2, 1 }, { EFLAGS, 0x802 }, { STACK - 4, 2 } },
	  0 },
	{ "decimal adjustment",
	  CODE_OF(code_bcd),
	  { { 0 } },
	  { { 3, 0x14 }, { 1, 0x76 }, { 2, 0x105 }, { 0, 0x3f } },
	  0 },
	{ "compare and exchange",
	  CODE_OF(code_wide),
	  { { 0, 0x1020 }, { 2, 0x1021 }, { 3, 0xaa }, { 1, 0xbb } },
	  { { DATA + 0x80, 0x165 },
	    { DATA + 0x84, 0xbb },
	    { 0, 0xbb },
	    { 1, 0xaa },
	    { 3, 1 },
	    { 2, 0x21100000 },
	    { 5, 20 } },
	  0 },
	{ "16 bits",
	  CODE_OF(code_real),
	  { { 4, 0x8000 }, { 5, 0x100 }, { 6, 0x302 } },
	  { { 0, 0x4283535b },
	    { 3, 0x7007 },
	    { 1, 0 },
	    { 7, DATA + 2 },
	    { 4, 0x7ffe },
	    { 0x1404, 5 },
	    { 0x8ffc, 0x12347007 } },
	  RUN_REAL },
	{ "segment registers",
	  CODE_OF(code_realseg),
	  { { 4, 0x8000 }, { 7, 0x10 }, { 2, 5 } },
	  { { 0, 0x200 },
	    { 3, 0x200 },
	    { 4, 0xfe },
	    { 2, 0 },
	    { 1, 0 },
	    { 0x2010, 0x200 },
	    { 0x20fc, 0x77770000 } },
	  RUN_REAL },
	{ "16-bit code runs against its limit",
	  CODE_OF(code_realseg),
	  { { 4, 1 } },
	  { { VECTOR, X86_SS_FAULT }, { 4, 1 }, { PC, CODE + 8 } },
	  RUN_REAL },
	{ "STI", CODE_OF(code_sti), { { 0 } }, { { EFLAGS, 0x202 } }, 0 },
	{ "single steps",
	  CODE_OF(code_trap),
	  { { 1, 3 } },
	  { { TRAPS, 9 }, { 0, 1 }, { 1, 0 }, { 4, STACK }, { EFLAGS, 2 } },
	  0 },
	{ "division",
	  CODE_OF(code_div),
	  { { 0 } },
	  { { 0, 0x200000 }, { 2, 14 }, { 1, 7 }, { 3, 1 } },
	  0 },
	{ "division by 0",
	  CODE_OF(code_divz),
	  { { 0, 5 } },
	  { { VECTOR, X86_DE }, { PC, CODE + 5 }, { 3, 1 }, { 0, 5 } },
	  0 },
	{ "a fault in the middle",
	  CODE_OF(code_fault),
	  { { 6, 0xfffff0 } },
	  { { VECTOR, X86_PF_FAULT }, { PC, CODE + 5 }, { 3, 1 } },
	  0 },
	{ "a fault in REP MOVS",
	  CODE_OF(code_repfault),
	  { { 1, 8 }, { 7, RUN_RAM_BYTES - 8 } },
	  { { VECTOR, X86_PF_FAULT },
	    { PC, CODE },
	    { 1, 6 },
	    { 6, DATA + 8 },
	    { 7, RUN_RAM_BYTES },
	    { RUN_RAM_BYTES - 4, 0x1001 } },
	  0 },
	{ "a fault in PUSH",
	  CODE_OF(code_pushfault),
	  { { 4, 0x200000 } },
	  { { VECTOR, X86_PF_FAULT }, { PC, CODE + 5 }, { 4, 0x200000 }, { 3, 1 } },
	  0 },
	{ "BOUND",
	  CODE_OF(code_bound),
	  { { 0, 0x1001 }, { 1, 0x1002 } },
	  { { VECTOR, X86_BR }, { PC, CODE + 7 }, { 3, 1 } },
	  0 },
	{ "INTO", CODE_OF(code_into), { { 0 } }, { { INTERRUPT, 4 | 0x8006 << 8 } }, 0 },
	{ "UD2",
	  CODE_OF(code_ud),
	  { { 0 } },
	  { { VECTOR, X86_UD }, { PC, CODE + 5 }, { 0, 1 } },
	  0 },
	{ "an 80386 has no CMPXCHG",
	  CODE_OF(code_wide),
	  { { FAMILY, 3 } },
	  { { VECTOR, X86_UD }, { PC, CODE } },
	  0 },
	{ "a Pentium has no CMOV",
	  CODE_OF(code_cmov),
	  { { FAMILY, 5 } },
	  { { VECTOR, X86_UD }, { PC, CODE + 1 } },
	  0 },
	{ "LOCK where it may not be",
	  CODE_OF(code_lock),
	  { { 0 } },
	  { { VECTOR, X86_UD }, { PC, CODE }, { 0, 0 } },
	  0 },
	{ "an instruction of 16 bytes",
	  CODE_OF(code_long),
	  { { 0 } },
	  { { VECTOR, X86_GP }, { PC, CODE + 15 } },
	  0 },
	{ "a jump beyond the limit",
	  CODE_OF(code_small),
	  { { 0 } },
	  { { VECTOR, X86_GP }, { PC, CODE + 13 }, { 0, 1 }, { 3, 0x2000 } },
	  RUN_SMALL },
	{ "an access beyond the limit",
	  CODE_OF(code_limit),
	  { { DS_LIMIT, DATA + 0xff }, { 7, DATA + 0xfd } },
	  { { VECTOR, X86_GP }, { PC, CODE + 2 }, { 0, 0x1000 }, { 3, 0 } },
	  0 },
	{ "an access up to the limit",
	  CODE_OF(code_limit),
	  { { DS_LIMIT, DATA + 0xff }, { 7, DATA + 0xfc } },
	  { { VECTOR, ~0u }, { 0, 0x103f }, { 3, 1 } },
	  0 },
	{ "REP MOVS up to the limit",
	  CODE_OF(code_repfault),
	  { { DS_LIMIT, DATA + 0xff }, { 6, DATA + 0xf0 }, { 1, 8 } },
	  { { VECTOR, X86_GP }, { PC, CODE }, { 1, 4 }, { 6, DATA + 0x100 }, { 7, DATA + 0x90 } },
	  0 },
};

struct translate_how {
	struct run_how run;
	bool plain;
};

static const struct translate_how translate_hows[] = { { { 0, false }, false },
						       { { 0, true }, true },
						       { { 1, false }, true },
						       { { 2, true }, false } };

static uint32_t translate_read(struct x86 *x, unsigned what)
{
	uint32_t word;

	switch (what) {
	case 0 ... 7:
		return x->r[what];
	case EFLAGS:
		return x86_eflags(x);
	case VECTOR:
		return run_core.vector;
	case PC:
		return x->cpu.pc;
	case INTERRUPT:
		return run_core.interrupt;
	case TRAPS:
		return run_core.traps;
	case WRITTEN:
		return run_core.written;
	case PORT:
		return run_core.port;
	default:
		memcpy(&word, &run_core.ram[what], sizeof word);
		return word;
	}
}

static struct x86 *translate_begin(const struct translate_program *p)
{
	struct x86 *x = run_begin(p->segment);
	const struct translate_value *set = p->before;

	memcpy(&run_core.ram[CODE], p->code, p->bytes);
	for (uint32_t i = 0; i < DATA_WORDS; i++)
		memcpy(&run_core.ram[DATA + 4 * i], &(uint32_t){ 0x1000 + i }, 4);
	x->r[X86_ESP] = STACK;
	x->r[X86_ESI] = DATA;
	x->r[X86_EDI] = DATA + 0x80;
	for (unsigned i = 0; i < VALUES && (set[i].what || set[i].value); i++) {
		if (set[i].what == DS_LIMIT)
			run_segment(x, X86_DS, 0, set[i].value);
		else if (set[i].what == FAMILY)
			run_model = (struct x86_model){ .family = (uint8_t)set[i].value };
		else
			x->r[set[i].what] = set[i].value;
	}
	x->cpu.pc = CODE;
	return x;
}

static void translate_program(const struct translate_program *p)
{
	const struct translate_value *expect = p->after;
	unsigned executed = 0;

	for (unsigned how = 0; how < COUNT_OF(translate_hows); how++) {
		struct run_how run = translate_hows[how].run;
		struct x86 *x = translate_begin(p);
		struct run_result r;
		bool good;

		run_core.plain = translate_hows[how].plain;
		r = run_code(x, run, (gva)(CODE + p->bytes), 10000);
		if (r.wrong)
			diag("%s", r.wrong);
		good = !r.wrong && (x->cpu.pc == CODE + p->bytes || run_core.vector != ~0u);
		for (unsigned i = 0; i < VALUES && (expect[i].what || expect[i].value); i++) {
			uint32_t value = translate_read(x, expect[i].what);

			if (value != expect[i].value)
				diag("%#x is %#x, not %#x", expect[i].what, value, expect[i].value);
			good &= value == expect[i].value;
		}
		if (how == 0)
			executed = r.executed;
		ok(good, "%s, blocks of %u%s", p->name, run.limit,
		   run.optimise ? ", optimised" : "");
		is(r.executed, executed, "the same number of instructions");
	}
}

/* The operations of an optimised block, without what was optimised away. */
static void translate_shape(const char *name, const void *code, size_t bytes, const char *expected)
{
	struct x86 *x = run_begin(RUN_FLAT);
	const struct ir_block *b;
	const char *wrong;
	char text[512] = "";
	size_t used = 0;

	memcpy(&run_core.ram[CODE], code, bytes);
	memset(&run_core.ram[CODE + bytes], 0xf4, 1); /* HLT would show */
	b = run_translate(x, CODE, run_core.modes, (struct run_how){ 64, true }, &wrong);
	for (unsigned i = 0; i < b->count && used < sizeof text; i++)
		if (b->op[i].op != IR_NOP)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
						 used ? " " : "", ir_info(b->op[i].op)->name);
	ok(!wrong, "%s: well-formed", name);
	is_string(text, expected, "%s: a minimum of operations", name);
}

static void translate_shapes(void)
{
	/* mov eax, [ebx + ecx * 4 + 8]; jmp $ */
	static const uint8_t load[] = { 0x8b, 0x44, 0x8b, 0x08, 0xeb, 0xfe };
	/* push ebx; mov ebp, esp; pop ebx; ret */
	static const uint8_t stack[] = { 0x53, 0x89, 0xe5, 0x5b, 0xc3 };
	/* add eax, ecx; cmp eax, 5; jl $ */
	static const uint8_t compare[] = { 0x01, 0xc8, 0x83, 0xf8, 0x05, 0x7c, 0xfe };
	/* test eax, eax; je $ */
	static const uint8_t test[] = { 0x85, 0xc0, 0x74, 0xfe };
	/* cmp byte ptr [ebx], 0x41; ja $ */
	static const uint8_t byte[] = { 0x80, 0x3b, 0x41, 0x77, 0xfe };
	/* xor eax, eax; inc ecx; dec edx; jne $ */
	static const uint8_t step[] = { 0x31, 0xc0, 0x41, 0x4a, 0x75, 0xfe };
	/* call $ */
	static const uint8_t call[] = { 0xe8, 0xfb, 0xff, 0xff, 0xff };

	translate_shape("load", CODE_OF(load),
			"insn get get const shl add const add load set insn exit");
	translate_shape("stack", CODE_OF(stack),
			"insn get get const add store set insn set insn load const add set set "
			"insn load add set exit_return");
	translate_shape(
		"compare", CODE_OF(compare),
		"insn get get add set set insn const sub const set set insn cond exit_if exit");
	translate_shape("test", CODE_OF(test),
			"insn get const set set const insn setcc exit_if exit");
	translate_shape("byte", CODE_OF(byte),
			"insn get load const sub const set set set insn cond exit_if exit");
	translate_shape("step", CODE_OF(step),
			"insn const set const set set insn const get add set insn get sub set "
			"const set set insn cond exit_if exit");
	translate_shape("call", CODE_OF(call), "insn const get const add store set exit_call");
}

/* Random bytes, in any modes: blocks are well-formed, whatever they are. */
static void translate_random(uint64_t seed)
{
	struct x86 *x = run_begin(RUN_FLAT);
	unsigned wrong_blocks = 0;
	const char *wrong;

	diag("seed %llu", (unsigned long long)seed);
	for (unsigned round = 0; round < 50000; round++) {
		uint32_t modes = (uint32_t)(seed >> 20) & ~0u >> 1 & ~X86_MODE_CODE;

		modes |= (uint32_t)(seed >> 60) % 3;
		if (round & 6)
			modes &= ~(X86_MODE_TRAP | X86_MODE_BREAKS | X86_MODE_SHADOW);
		for (unsigned i = 0; i < 64; i++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			run_core.ram[CODE + i] = (uint8_t)(seed >> 56);
		}
		run_translate(x, CODE, modes, (struct run_how){ 16, round & 8 }, &wrong);
		if (wrong && wrong_blocks++ < 5)
			diag("round %u: %s", round, wrong);
	}
	is(wrong_blocks, 0, "blocks of random bytes are well-formed");
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < COUNT_OF(programs); i++)
		translate_program(&programs[i]);
	translate_shapes();
	translate_random(argc > 1 ? strtoull(argv[1], NULL, 0) : 1);
	return done();
}
