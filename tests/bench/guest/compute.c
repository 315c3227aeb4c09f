/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Arithmetic: shifts and adds, 64-bit products, doubles, a matrix product, a checksum
 * by table and a hash.
 */
#include "bench.h"

#include <string.h>

uint32_t bench_alu(void)
{
	uint32_t a = 0x12345678, b = 0x9abcdef0, c = 7;

	for (uint32_t i = 0; i < 100000000; i++) {
		a = (a << 5 | a >> 27) + b;
		b ^= a >> 3;
		c = c * 5 + (a & i) - (b | 1);
	}
	return a ^ b ^ c;
}

uint32_t bench_mul64(void)
{
	uint64_t x = 88172645463325252ull, sum = 0;

	for (uint32_t i = 0; i < 60000000; i++) {
		x = x * 6364136223846793005ull + 1442695040888963407ull;
		sum += x >> 32 ^ (uint32_t)x;
	}
	return (uint32_t)(sum ^ sum >> 32);
}

uint32_t bench_double(void)
{
	double x = 0.5, sum = 0, scale = 1.0 / 1024;

	for (uint32_t i = 1; i < 6000000; i++) {
		x = 3.7 * x * (1.0 - x);
		sum += x / (double)i + scale;
		if (sum > 1000.0)
			sum -= 999.5;
	}
	return (uint32_t)(sum * 1000000.0);
}

#define MATRIX 120

uint32_t bench_matrix(void)
{
	static double a[MATRIX][MATRIX], b[MATRIX][MATRIX], c[MATRIX][MATRIX];
	double trace = 0;

	for (int i = 0; i < MATRIX; i++)
		for (int j = 0; j < MATRIX; j++) {
			a[i][j] = (i * 7 + j * 3) % 11 - 5;
			b[i][j] = (i * 5 + j * 13) % 17 - 8;
		}
	for (int round = 0; round < 16; round++)
		for (int i = 0; i < MATRIX; i++)
			for (int j = 0; j < MATRIX; j++) {
				double sum = 0;

				for (int k = 0; k < MATRIX; k++)
					sum += a[i][k] * b[k][j];
				c[i][j] = sum + round;
			}
	for (int i = 0; i < MATRIX; i++)
		trace += c[i][i];
	return (uint32_t)(int32_t)trace;
}

uint32_t bench_crc(void)
{
	static uint32_t table[256];
	static uint8_t data[4096];
	uint32_t crc = ~0u, seed = 1;

	for (uint32_t i = 0; i < 256; i++) {
		uint32_t r = i;

		for (int k = 0; k < 8; k++)
			r = r & 1 ? r >> 1 ^ 0xedb88320u : r >> 1;
		table[i] = r;
	}
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)bench_random(&seed);
	for (int round = 0; round < 8000; round++)
		for (size_t i = 0; i < sizeof data; i++)
			crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
	return ~crc;
}

/* A hash of words, as hash tables use. */
uint32_t bench_hash(void)
{
	static uint32_t words[2048], count[1024];
	uint32_t seed = 3, sum = 0;

	for (size_t i = 0; i < 2048; i++)
		words[i] = bench_random(&seed);
	for (int round = 0; round < 40000; round++)
		for (size_t i = 0; i < 2048; i++) {
			uint32_t h = words[i] * 0xcc9e2d51u;

			h = h << 15 | h >> 17;
			h = h * 0x1b873593u ^ (uint32_t)round;
			count[h >> 22]++;
		}
	for (size_t i = 0; i < 1024; i++)
		sum = sum * 31 + count[i];
	memset(count, 0, sizeof count);
	return sum;
}
