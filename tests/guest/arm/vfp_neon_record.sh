#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Records what qemu-arm makes of the VFP and NEON test's cases, or compares at once:
#
#	vfp_neon_record.sh build/gcc/unit/arm_vfp_neon > tests/guest/arm/vfp_neon.expected
#	vfp_neon_record.sh build/gcc/unit/arm_vfp_neon SEED COUNT
#
# From the top of the tree; needs arm-linux-gnueabihf-gcc and qemu-arm.
set -e
test=$1
seed=${2:-20240229}
count=${3:-6000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
arm-linux-gnueabihf-gcc -static -O1 -marm -mfpu=neon-vfpv4 -o "$work/runner" \
	tests/guest/arm/vfp_neon_runner.c
"$test" emit "$seed" "$count" > "$work/cases"
qemu-arm -cpu cortex-a15 "$work/runner" < "$work/cases" > "$work/results"
if [ $# -gt 1 ]; then
	"$test" check "$seed" "$work/results"
else
	"$test" sums "$seed" "$work/results"
fi
