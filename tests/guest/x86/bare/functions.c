/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transcendental functions of the x87 (SDM 1, 8.3.7 and 8.3.10): results are at most one unit
 * in the last place of 64 bits from the exact value, which was computed with 300 bits.  And what
 * is exact: remainders, scaling, taking apart.
 */
#include "bare.h"

enum function { FSIN, FCOS, FPTAN, FPATAN, F2XM1, FYL2X, FYL2XP1, FSQRT, FUNCTIONS };

struct number {
	uint64_t significand;
	uint16_t exponent;
} __attribute__((packed));

/* ST(0), ST(1), the value. */
struct function_case {
	enum function function;
	struct number x, y, value;
};

static const struct function_case cases[] = {
	{ FSIN,
	  { 0xe54e952e6b438000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc7d9b52f06db99b2, 0x3ffe } },
	{ FCOS,
	  { 0xe54e952e6b438000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0x9ffca5b3fc99740c, 0x3ffe } },
	{ FPTAN,
	  { 0xe54e952e6b438000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0x9fe4b778e0983377, 0x3fff } },
	{ FPATAN,
	  { 0xe54e952e6b438000, 0x3ffe },
	  { 0xc5711be6894f41a0, 0x4007 },
	  { 0xc8c58673e0b05391, 0x3fff } },
	{ FPATAN,
	  { 0xe54e952e6b438000, 0x3ffe },
	  { 0xededfcd6dc79d657, 0xc008 },
	  { 0xc8f1038471ada66b, 0xbfff } },
	{ FSIN,
	  { 0xa47e1128b2f33000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0x9967a5158ce322e0, 0x3ffe } },
	{ FCOS,
	  { 0xa47e1128b2f33000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xccf23aac8ca08566, 0x3ffe } },
	{ FPTAN,
	  { 0xa47e1128b2f33000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xbf9e89292e900aba, 0x3ffe } },
	{ FPATAN,
	  { 0xa47e1128b2f33000, 0x3ffe },
	  { 0xbc7117687466646e, 0x4005 },
	  { 0xc8306493d43b5bc1, 0x3fff } },
	{ FPATAN,
	  { 0xa47e1128b2f33000, 0x3ffe },
	  { 0xd0a2931763fe8fa7, 0xc007 },
	  { 0xc8dd652396b7a58b, 0xbfff } },
	{ FSIN,
	  { 0xd1c4b0ed90475000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xbb11dff34f346152, 0x3ffe } },
	{ FCOS,
	  { 0xd1c4b0ed90475000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xaec26e46685897c6, 0x3ffe } },
	{ FPTAN,
	  { 0xd1c4b0ed90475000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0x89043a7b584566f0, 0x3fff } },
	{ FPATAN,
	  { 0xd1c4b0ed90475000, 0x3ffe },
	  { 0xd6c6cfe97add8e1d, 0x4006 },
	  { 0xc892d6e44bfa520d, 0x3fff } },
	{ FPATAN,
	  { 0xd1c4b0ed90475000, 0x3ffe },
	  { 0xe483f045d0f0ac02, 0xc008 },
	  { 0xc8f27ab1dbda2c15, 0xbfff } },
	{ FSIN,
	  { 0xfb60165eb93e4000, 0xbffd },
	  { 0x8000000000000000, 0x3fff },
	  { 0xf165bbdd86f61b3c, 0xbffd } },
	{ FCOS,
	  { 0xfb60165eb93e4000, 0xbffd },
	  { 0x8000000000000000, 0x3fff },
	  { 0xe1c2b322955b8e01, 0x3ffe } },
	{ FPTAN,
	  { 0xfb60165eb93e4000, 0xbffd },
	  { 0x8000000000000000, 0x3fff },
	  { 0x88dd9c21000605ca, 0xbffe } },
	{ FPATAN,
	  { 0xfb60165eb93e4000, 0xbffd },
	  { 0xf0bd11139667905d, 0x4006 },
	  { 0xc952ae85527ce3a5, 0x3fff } },
	{ FPATAN,
	  { 0xfb60165eb93e4000, 0xbffd },
	  { 0xe0810d20c8c2f97a, 0xc007 },
	  { 0xc933af247a2ed531, 0xbfff } },
	{ FSIN,
	  { 0xa94d36e7e0863800, 0xc000 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xf3c808a058b3b66e, 0xbffd } },
	{ FCOS,
	  { 0xa94d36e7e0863800, 0xc000 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xe11e84a90e1f7fcb, 0xbffe } },
	{ FPTAN,
	  { 0xa94d36e7e0863800, 0xc000 },
	  { 0x8000000000000000, 0x3fff },
	  { 0x8a9c6facd0e49e96, 0x3ffe } },
	{ FPATAN,
	  { 0xa94d36e7e0863800, 0xc000 },
	  { 0x8d5fd50b89f3def2, 0x4008 },
	  { 0xc9a923618b3fb5b6, 0x3fff } },
	{ FPATAN,
	  { 0xa94d36e7e0863800, 0xc000 },
	  { 0xd2947b59ef015b4b, 0xc004 },
	  { 0xcf7d043d08496571, 0xbfff } },
	{ FSIN,
	  { 0xc8a42ab72910b000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xb4b8bdbc0bf0e245, 0x3ffe } },
	{ FCOS,
	  { 0xc8a42ab72910b000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xb55108a3ec5f39d5, 0x3ffe } },
	{ FPTAN,
	  { 0xc8a42ab72910b000, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xff28fa90684856c1, 0x3ffe } },
	{ FPATAN,
	  { 0xc8a42ab72910b000, 0x3ffe },
	  { 0x91c27c6e8a7c4d64, 0x4008 },
	  { 0xc8e3ce2e7be2873a, 0x3fff } },
	{ FPATAN,
	  { 0xc8a42ab72910b000, 0x3ffe },
	  { 0xea8933139257e41e, 0xc008 },
	  { 0xc8f47a86b618fe2a, 0xbfff } },
	{ FSIN,
	  { 0xb364c178119d71b1, 0x3ff2 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xb364c16962fc6fad, 0x3ff2 } },
	{ FCOS,
	  { 0xb364c178119d71b1, 0x3ff2 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xffffffc124f8e7c2, 0x3ffe } },
	{ FPTAN,
	  { 0xb364c178119d71b1, 0x3ff2 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xb364c1956edf7c37, 0x3ff2 } },
	{ FPATAN,
	  { 0xb364c178119d71b1, 0x3ff2 },
	  { 0xc6bcd007b4b908e3, 0x4004 },
	  { 0xc90fbdbf7e256643, 0x3fff } },
	{ FPATAN,
	  { 0xb364c178119d71b1, 0x3ff2 },
	  { 0xc2bc277815c50590, 0xc008 },
	  { 0xc90fd8ca7761b152, 0xbfff } },
	{ FSIN,
	  { 0xedab082757e76df0, 0x3ff1 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xedab081eceda8dbe, 0x3ff1 } },
	{ FCOS,
	  { 0xedab082757e76df0, 0x3ff1 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xffffffe46b3c14e7, 0x3ffe } },
	{ FPTAN,
	  { 0xedab082757e76df0, 0x3ff1 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xedab08386a012ffc, 0x3ff1 } },
	{ FPATAN,
	  { 0xedab082757e76df0, 0x3ff1 },
	  { 0x8542f2670f97ce44, 0x4006 },
	  { 0xc90fd37fdb159582, 0x3fff } },
	{ FPATAN,
	  { 0xedab082757e76df0, 0x3ff1 },
	  { 0x9139c8947078edea, 0xc008 },
	  { 0xc90fd8ff2cf1a61f, 0xbfff } },
	{ FSIN,
	  { 0xaaa5f63c5d83136f, 0x3ff1 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xaaa5f63934afdbaf, 0x3ff1 } },
	{ FCOS,
	  { 0xaaa5f63c5d83136f, 0x3ff1 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xfffffff1c7e52c31, 0x3ffe } },
	{ FPTAN,
	  { 0xaaa5f63c5d83136f, 0x3ff1 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xaaa5f642af29833f, 0x3ff1 } },
	{ FPATAN,
	  { 0xaaa5f63c5d83136f, 0x3ff1 },
	  { 0x8ebd33af8f97bdf0, 0x4008 },
	  { 0xc90fd9701368908c, 0x3fff } },
	{ FPATAN,
	  { 0xaaa5f63c5d83136f, 0x3ff1 },
	  { 0xdbe64307cbcc9ae1, 0xc007 },
	  { 0xc90fd914cdc71821, 0xbfff } },
	{ FSIN,
	  { 0xc4356537c168f8a3, 0x3fe0 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc4356537c168f8a2, 0x3fe0 } },
	{ FCOS,
	  { 0xc4356537c168f8a3, 0x3fe0 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xfffffffffffffffb, 0x3ffe } },
	{ FPTAN,
	  { 0xc4356537c168f8a3, 0x3fe0 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc4356537c168f8a5, 0x3fe0 } },
	{ FPATAN,
	  { 0xc4356537c168f8a3, 0x3fe0 },
	  { 0xce4a5f39bba24bb7, 0x4005 },
	  { 0xc90fdaa21d9acdd9, 0x3fff } },
	{ FPATAN,
	  { 0xc4356537c168f8a3, 0x3fe0 },
	  { 0xd66d23e2a1c9e1a1, 0xc007 },
	  { 0xc90fdaa2207e822c, 0xbfff } },
	{ FSIN,
	  { 0x93ee3a6c0bbbd37f, 0x3fdf },
	  { 0x8000000000000000, 0x3fff },
	  { 0x93ee3a6c0bbbd37f, 0x3fdf } },
	{ FCOS,
	  { 0x93ee3a6c0bbbd37f, 0x3fdf },
	  { 0x8000000000000000, 0x3fff },
	  { 0xffffffffffffffff, 0x3ffe } },
	{ FPTAN,
	  { 0x93ee3a6c0bbbd37f, 0x3fdf },
	  { 0x8000000000000000, 0x3fff },
	  { 0x93ee3a6c0bbbd37f, 0x3fdf } },
	{ FPATAN,
	  { 0x93ee3a6c0bbbd37f, 0x3fdf },
	  { 0xc30a946f5d669d70, 0x4005 },
	  { 0xc90fdaa21fe46da6, 0x3fff } },
	{ FPATAN,
	  { 0x93ee3a6c0bbbd37f, 0x3fdf },
	  { 0x8ffaef62d75c061e, 0xc007 },
	  { 0xc90fdaa220e53f28, 0xbfff } },
	{ FSIN,
	  { 0xa71b5f68be07ed85, 0x3fe0 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xa71b5f68be07ed84, 0x3fe0 } },
	{ FCOS,
	  { 0xa71b5f68be07ed85, 0x3fe0 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xfffffffffffffffd, 0x3ffe } },
	{ FPTAN,
	  { 0xa71b5f68be07ed85, 0x3fe0 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xa71b5f68be07ed86, 0x3fe0 } },
	{ FPATAN,
	  { 0xa71b5f68be07ed85, 0x3fe0 },
	  { 0x9ac30c3e30bf58eb, 0x4008 },
	  { 0xc90fdaa220de8c60, 0x3fff } },
	{ FPATAN,
	  { 0xa71b5f68be07ed85, 0x3fe0 },
	  { 0xfbd1536ea5c3c129, 0xc007 },
	  { 0xc90fdaa220bee055, 0xbfff } },
	{ FSIN,
	  { 0xc0cfe224f227769a, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xaf17c23c4cf600f6, 0x3ffe } },
	{ FCOS,
	  { 0xc0cfe224f227769a, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xbac204f3525e4f0a, 0x3ffe } },
	{ FPTAN,
	  { 0xc0cfe224f227769a, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xf0028eaab28b866d, 0x3ffe } },
	{ FPATAN,
	  { 0xc0cfe224f227769a, 0x3ffe },
	  { 0xc2500db44c9180a2, 0x4008 },
	  { 0xc8f019e6f4001d67, 0x3fff } },
	{ FPATAN,
	  { 0xc0cfe224f227769a, 0x3ffe },
	  { 0x859c7a532b2212f2, 0xc008 },
	  { 0xc8e1ace8c87e88de, 0xbfff } },
	{ FSIN,
	  { 0xcad71077ec4e4383, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xb645b63a09175ed5, 0x3ffe } },
	{ FCOS,
	  { 0xcad71077ec4e4383, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xb3c1f3d26048448a, 0x3ffe } },
	{ FPTAN,
	  { 0xcad71077ec4e4383, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0x81ca66d61ab36134, 0x3fff } },
	{ FPATAN,
	  { 0xcad71077ec4e4383, 0x3ffe },
	  { 0xb4d2bb2c27ff1192, 0x4007 },
	  { 0xc8c80fc194bc4e27, 0x3fff } },
	{ FPATAN,
	  { 0xcad71077ec4e4383, 0x3ffe },
	  { 0xbbe649ee203ebd92, 0xc008 },
	  { 0xc8ed4f435393c72e, 0xbfff } },
	{ FSIN,
	  { 0xb7cd523c49f6838d, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xa869a82ededf625c, 0x3ffe } },
	{ FCOS,
	  { 0xb7cd523c49f6838d, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc0cdac467bd0e57a, 0x3ffe } },
	{ FPTAN,
	  { 0xb7cd523c49f6838d, 0x3ffe },
	  { 0x8000000000000000, 0x3fff },
	  { 0xdf9d56475623c225, 0x3ffe } },
	{ FPATAN,
	  { 0xb7cd523c49f6838d, 0x3ffe },
	  { 0xc2f684c00c8f9a16, 0x4008 },
	  { 0xc8f1af99156203b3, 0x3fff } },
	{ FPATAN,
	  { 0xb7cd523c49f6838d, 0x3ffe },
	  { 0xe589ced4417b3997, 0xc008 },
	  { 0xc8f63aeb053a7172, 0xbfff } },
	{ F2XM1,
	  { 0xcc8b6d9e522a2000, 0xbffd },
	  { 0x8000000000000000, 0x3fff },
	  { 0xf7af4e45675be71f, 0xbffc } },
	{ F2XM1,
	  { 0xa005e632e37c0000, 0xbff8 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xdd16fdd8f3f61ba6, 0xbff7 } },
	{ F2XM1,
	  { 0xa047e3fedfa72000, 0xbffd },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc7be0c456d225863, 0xbffc } },
	{ F2XM1,
	  { 0xd19322a189700000, 0xbffb },
	  { 0x8000000000000000, 0x3fff },
	  { 0x8c3be163ee1225a2, 0xbffb } },
	{ F2XM1,
	  { 0x8ed086ac86b99a70, 0x3ff6 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc621f2f187846aab, 0x3ff5 } },
	{ F2XM1,
	  { 0x8bda7b15401c7bb3, 0xbff8 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc14e3c4dccef3520, 0xbff7 } },
	{ F2XM1,
	  { 0xfa3dbe03fd999b11, 0x3ff2 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xad77e38cac85c981, 0x3ff2 } },
	{ F2XM1,
	  { 0xdb920beab653d854, 0xbff7 },
	  { 0x8000000000000000, 0x3fff },
	  { 0x97d77e6f806ad552, 0xbff7 } },
	{ F2XM1,
	  { 0x8f7fe93a5f28c799, 0x3fd9 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xc6eec94d40bc50a1, 0x3fd8 } },
	{ F2XM1,
	  { 0xa55b457f4e7f8aa0, 0x3fda },
	  { 0x8000000000000000, 0x3fff },
	  { 0xe53b9a5a7ecb6010, 0x3fd9 } },
	{ F2XM1,
	  { 0xa8b816410b89982f, 0x3fd9 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xe9e4f2518156a01a, 0x3fd8 } },
	{ F2XM1,
	  { 0xa9e888e3a71090b1, 0x3fda },
	  { 0x8000000000000000, 0x3fff },
	  { 0xeb8b003578fabb31, 0x3fd9 } },
	{ FYL2X,
	  { 0x9dce6404c255c000, 0x3ffe },
	  { 0x94ac8d2a69516000, 0x3fff },
	  { 0xcf8bc0ce620425a8, 0xbffe } },
	{ FYL2X,
	  { 0xd7818f702af7ac00, 0x3fff },
	  { 0xcbbf0d827246cc00, 0x4001 },
	  { 0x9921f458a2d07cbe, 0x4001 } },
	{ FYL2X,
	  { 0x814db1e1ea8ac800, 0x3fff },
	  { 0xbfc57c302ce9a800, 0xc000 },
	  { 0xb367d4f850598ee2, 0xbffa } },
	{ FYL2X,
	  { 0x83850f0f7589e4bf, 0x3ff4 },
	  { 0xbe02c799103e1c00, 0x4001 },
	  { 0x822aee758c738ffc, 0xc005 } },
	{ FYL2X,
	  { 0xa3bc64b498a1dead, 0x3ff1 },
	  { 0x820c9599aeb61400, 0xc002 },
	  { 0xddcfb83d36a8a074, 0x4005 } },
	{ FYL2X,
	  { 0x915a85f16af9a6f1, 0x3ff3 },
	  { 0xfc36caf6c4566800, 0x4000 },
	  { 0xba44e79b9bae2b1c, 0xc004 } },
	{ FYL2X,
	  { 0xfdf13f406c8e617c, 0x400e },
	  { 0x93f12136a0a0dc00, 0x4001 },
	  { 0x93d59219c265e5d1, 0x4005 } },
	{ FYL2X,
	  { 0x972dc88e6b025ae9, 0x4011 },
	  { 0xc78b03c532e85000, 0x3fff },
	  { 0xe37afee8be0ef0e7, 0x4003 } },
	{ FYL2X,
	  { 0xa651867b4a00c45f, 0x4012 },
	  { 0x8b28be3efafc7000, 0xbfff },
	  { 0xa88994eb013822f5, 0xc003 } },
	{ FYL2X,
	  { 0x80016b70e73096b3, 0x3fff },
	  { 0xf7b4afb7408e2c00, 0x4001 },
	  { 0xfdaaf3a4c42b8a0a, 0x3ff3 } },
	{ FYL2X,
	  { 0xfffdfea279b9117e, 0x3ffe },
	  { 0x8d01ee39c2d64600, 0x4002 },
	  { 0xcbf9fabfb81c4ee3, 0xbff3 } },
	{ FYL2X,
	  { 0xfffe1b04b1d88a80, 0x3ffe },
	  { 0x8dfa1eb8d0bbf000, 0x4000 },
	  { 0xc20601ff55d62ee5, 0xbff1 } },
	{ FYL2XP1,
	  { 0xe3ad26a6db4626b9, 0x3ffa },
	  { 0xb458e6d227440000, 0xc001 },
	  { 0xe1326cad3a6ddcc9, 0xbffd } },
	{ FYL2XP1,
	  { 0xb5db7c4d9c09ba8f, 0xbffb },
	  { 0x988d729638d02c00, 0x4001 },
	  { 0xa3ba2d49ab058296, 0xbffe } },
	{ FYL2XP1,
	  { 0xbbf469d099a4b7e4, 0xbff8 },
	  { 0x85618fe8d4cc1800, 0x4002 },
	  { 0x8e18dbcddebacc7d, 0xbffc } },
	{ FYL2XP1,
	  { 0xbbe5ff4d90709bc3, 0x3fe3 },
	  { 0xd58692636c79f400, 0xc001 },
	  { 0xe21a90f652222f58, 0xbfe6 } },
	{ FYL2XP1,
	  { 0x9e9035c5d459b4e5, 0x3fe3 },
	  { 0x8e2edd02de1eac00, 0xc001 },
	  { 0xfe1b2be3db27566e, 0xbfe5 } },
	{ FYL2XP1,
	  { 0x9967a7603f053f5f, 0x3fe2 },
	  { 0xb1dd2e75261c3000, 0xbfff },
	  { 0x99c43babd726c830, 0xbfe3 } },
	{ FYL2XP1,
	  { 0x86cee2a65367f7f7, 0x3feb },
	  { 0x84180991840e0400, 0x4001 },
	  { 0xc8b513a9b9e48ef4, 0x3fed } },
	{ FYL2XP1,
	  { 0xa33b3447246d025e, 0x3fee },
	  { 0xe9e2be59d1120000, 0x4000 },
	  { 0xd7262ab7c8096cd4, 0x3ff0 } },
	{ FYL2XP1,
	  { 0xa077f3299f2adbcd, 0xbfec },
	  { 0xac51acd86a8cbc00, 0xc001 },
	  { 0x9bd52511bd912ded, 0x3fef } },
	{ FSQRT,
	  { 0xa214b7dde70b44a2, 0x400f },
	  { 0x8000000000000000, 0x3fff },
	  { 0x900934fad45fdc08, 0x4007 } },
	{ FSQRT,
	  { 0xa0c54dbee1d14a42, 0x4012 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xcadf64a1361d9257, 0x4008 } },
	{ FSQRT,
	  { 0xcae75b62289f8a2d, 0x4012 },
	  { 0x8000000000000000, 0x3fff },
	  { 0xe3e92dab6a42c364, 0x4008 } },
	{ FSQRT,
	  { 0x89a96947875b099e, 0x4011 },
	  { 0x8000000000000000, 0x3fff },
	  { 0x84be35a30265dfce, 0x4008 } },
};

#define WITH_TWO(text)                                                                             \
	__asm__ volatile("fldt %2\n\tfldt %1\n\t" text "\n\tfstpt %0\n\tfninit"                    \
			 : "=m"(result)                                                            \
			 : "m"(c->x), "m"(c->y))

static struct number compute(const struct function_case *c)
{
	struct number result;

	switch (c->function) {
	case FSIN:
		WITH_TWO("fsin");
		break;
	case FCOS:
		WITH_TWO("fcos");
		break;
	case FPTAN:
		WITH_TWO("fptan\n\tfstp %%st(0)");
		break;
	case FPATAN:
		WITH_TWO("fpatan");
		break;
	case F2XM1:
		WITH_TWO("f2xm1");
		break;
	case FYL2X:
		WITH_TWO("fyl2x");
		break;
	case FYL2XP1:
		WITH_TWO("fyl2xp1");
		break;
	default:
		WITH_TWO("fsqrt");
		break;
	}
	return result;
}

/* Also where the exponent changes. */
static bool is_near(struct number a, struct number b)
{
	int64_t by = (int64_t)(a.significand - b.significand);

	if (a.exponent == b.exponent)
		return by >= -1 && by <= 1;
	return (a.significand == ~0ull && b.significand == 1ull << 63) ||
	       (b.significand == ~0ull && a.significand == 1ull << 63);
}

static void test_functions(void)
{
	static const char *const names[FUNCTIONS] = { "FSIN",  "FCOS",  "FPTAN",   "FPATAN",
						      "F2XM1", "FYL2X", "FYL2XP1", "FSQRT" };
	bool good[FUNCTIONS] = { true, true, true, true, true, true, true, true };

	__asm__ volatile("fninit");
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		good[cases[i].function] &= is_near(compute(&cases[i]), cases[i].value);
	for (unsigned i = 0; i < FUNCTIONS; i++)
		ok(good[i], names[i]);
}

static bool same(struct number a, uint64_t significand, uint16_t exponent)
{
	return a.significand == significand && a.exponent == exponent;
}

#define ONE_AND_A_HALF                                                                             \
	{                                                                                          \
		0xc000000000000000, 0x3fff                                                         \
	}

static void test_exact(void)
{
	static const struct function_case seventeen = {
		0, { 0x8800000000000000, 0x4003 }, { 0xa000000000000000, 0x4001 }, { 0, 0 }
	};
	static const struct function_case scaled = {
		0, ONE_AND_A_HALF, { 0xb000000000000000, 0x4001 }, { 0, 0 }
	};
	const struct function_case *c = &seventeen; /* 17 and 5 */
	struct number result, second;
	uint16_t status;

	WITH_TWO("fprem");
	ok(same(result, 0x8000000000000000, 0x4000), "FPREM: 17 mod 5 is 2");
	WITH_TWO("fprem1");
	ok(same(result, 0x8000000000000000, 0x4000), "FPREM1: to the nearest, as well");
	__asm__ volatile("fldt %1\n\tfldt %2\n\tfprem\n\tfnstsw %0\n\tfninit"
			 : "=a"(status)
			 : "m"(c->y), "m"(c->x));
	is(status & 0x4700, 0x4200, "with the quotient's low bits, 3");
	c = &scaled; /* 1.5 and 5.5 */
	WITH_TWO("fscale");
	ok(same(result, 0xc000000000000000, 0x4004), "FSCALE cuts the exponent to 5");
	__asm__ volatile("fldt %2\n\tfxtract\n\tfstpt %0\n\tfstpt %1\n\tfninit"
			 : "=m"(result), "=m"(second)
			 : "m"(seventeen.x));
	ok(same(result, 0x8800000000000000, 0x3fff) && same(second, 0x8000000000000000, 0x4001),
	   "FXTRACT: 17 is 1.0625 times 2 to the 4th");
	__asm__ volatile("fldt %2\n\tfsincos\n\tfstpt %0\n\tfstpt %1\n\tfninit"
			 : "=m"(result), "=m"(second)
			 : "m"(cases[0].x));
	ok(is_near(second, cases[0].value) && is_near(result, cases[1].value), "FSINCOS: both");
	__asm__ volatile("fldt %1\n\tfrndint\n\tfstpt %0\n\tfninit" : "=m"(result) : "m"(scaled.y));
	ok(same(result, 0xc000000000000000, 0x4001), "FRNDINT: 5.5 to even");
}

int main(void)
{
	test_functions();
	test_exact();
	return 0;
}
