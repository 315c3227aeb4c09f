/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What only x86 has: string instructions with REP, the x87's functions, and vectors of
 * SSE2; doubles and the matrix product once more, by SSE2 instead of the x87.
 */
#pragma GCC target("sse2,fpmath=sse")
#define bench_alu sse_alu
#define bench_mul64 sse_mul64
#define bench_double bench_double_sse
#define bench_matrix bench_matrix_sse
#define bench_crc sse_crc
#define bench_hash sse_hash
#include "compute.c"

#include <emmintrin.h>

static void move_bytes(void *to, const void *from, size_t bytes)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static void move_words(void *to, const void *from, size_t words)
{
	__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

static void store_bytes(void *to, uint8_t value, size_t bytes)
{
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
}

static void store_words(void *to, uint32_t value, size_t words)
{
	__asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(value) : "memory");
}

static uint8_t text[1 << 20], copy[1 << 20];

static void fill_text(void)
{
	uint32_t seed = 5;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)bench_random(&seed);
}

/* Up to 64 bytes, at any address. */
uint32_t bench_movs_small(void)
{
	uint32_t seed = 9, sum = 0;

	fill_text();
	for (uint32_t i = 0; i < 4000000; i++) {
		uint32_t r = bench_random(&seed);

		move_bytes(copy + (r >> 6 & 1023), text + (r >> 16 & 255), r & 63);
		sum = sum * 3 + copy[r >> 8 & 1023];
	}
	return sum;
}

/* A page. */
uint32_t bench_movs_4k(void)
{
	uint32_t sum = 0;

	fill_text();
	for (uint32_t i = 0; i < 400000; i++) {
		move_words(copy + (i & 7) * 4096, text + (i & 15) * 4096, 1024);
		sum = sum * 3 + copy[i * 61 & 32767];
	}
	return sum;
}

uint32_t bench_movs_1m(void)
{
	uint32_t sum = 0;

	fill_text();
	for (uint32_t i = 0; i < 600; i++) {
		text[i * 1001] ^= 1;
		move_words(copy, text, sizeof text / 4);
		sum = sum * 3 + copy[i * 1001];
	}
	return sum;
}

uint32_t bench_stos_small(void)
{
	uint32_t seed = 9, sum = 0;

	for (uint32_t i = 0; i < 4000000; i++) {
		uint32_t r = bench_random(&seed);

		store_bytes(copy + (r >> 6 & 1023), (uint8_t)r, r & 63);
		sum = sum * 3 + copy[r >> 8 & 1023];
	}
	return sum;
}

uint32_t bench_stos_4k(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < 600000; i++) {
		store_words(copy + (i & 15) * 4096, i, 1024);
		sum = sum * 3 + copy[i * 61 & 65535];
	}
	return sum;
}

static double fpu_sine(double x)
{
	__asm__("fsin" : "+t"(x));
	return x;
}

static double fpu_root(double x)
{
	__asm__("fsqrt" : "+t"(x));
	return x;
}

static double fpu_arctangent(double y, double x)
{
	__asm__("fpatan" : "=t"(y) : "0"(x), "u"(y) : "st(1)");
	return y;
}

static double fpu_logarithm(double x)
{
	__asm__("fldln2; fxch; fyl2x" : "+t"(x));
	return x;
}

/* Rounded far above what the implementations differ by. */
uint32_t bench_functions(void)
{
	double sum = 0, x = 0.01;

	for (uint32_t i = 0; i < 300000; i++) {
		sum += fpu_sine(x) + fpu_root(x) + fpu_arctangent(x, 2.0) + fpu_logarithm(x);
		x += 0.0001;
	}
	return (uint32_t)(int64_t)(sum + 0.5);
}

/* Two pictures of 8-bit components blended by a factor. */
uint32_t bench_blend(void)
{
	__m128i zero = _mm_setzero_si128(), factor, *to = (__m128i *)(void *)copy;
	const __m128i *from = (const __m128i *)(const void *)text;
	uint32_t sum = 0;

	fill_text();
	for (uint32_t round = 0; round < 1500; round++) {
		factor = _mm_set1_epi16((short)(round & 255));
		for (uint32_t i = 0; i < 2048; i++) {
			__m128i a = _mm_load_si128(from + i), b = _mm_load_si128(to + i);
			__m128i low = _mm_sub_epi16(_mm_unpacklo_epi8(a, zero),
						    _mm_unpacklo_epi8(b, zero));
			__m128i high = _mm_sub_epi16(_mm_unpackhi_epi8(a, zero),
						     _mm_unpackhi_epi8(b, zero));

			low = _mm_srai_epi16(_mm_mullo_epi16(low, factor), 8);
			high = _mm_srai_epi16(_mm_mullo_epi16(high, factor), 8);
			_mm_store_si128(to + i, _mm_add_epi8(b, _mm_packs_epi16(low, high)));
		}
		sum = sum * 3 + copy[round];
	}
	return sum;
}

/* Four points at a time of Mandelbrot's set. */
uint32_t bench_vector(void)
{
	__m128 four = _mm_set1_ps(4), step = _mm_set_ps(0, 0.002f, 0.004f, 0.006f);
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 20000; n++) {
		__m128 cx = _mm_add_ps(_mm_set1_ps((float)(n % 200) * 0.01f - 1.5f), step);
		__m128 cy = _mm_set1_ps((float)(n / 200) * 0.01f - 0.5f);
		__m128 x = cx, y = cy, count = _mm_setzero_ps();

		for (int i = 0; i < 100; i++) {
			__m128 xx = _mm_mul_ps(x, x), yy = _mm_mul_ps(y, y);
			__m128 inside = _mm_cmplt_ps(_mm_add_ps(xx, yy), four);

			if (!_mm_movemask_ps(inside))
				break;
			count = _mm_add_ps(count, _mm_and_ps(inside, _mm_set1_ps(1)));
			y = _mm_add_ps(_mm_mul_ps(_mm_add_ps(x, x), y), cy);
			x = _mm_add_ps(_mm_sub_ps(xx, yy), cx);
		}
		sum = sum * 3 + (uint32_t)_mm_cvtss_si32(count);
		sum += (uint32_t)_mm_movemask_ps(_mm_cmpgt_ps(count, four));
	}
	return sum;
}
