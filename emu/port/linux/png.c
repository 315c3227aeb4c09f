/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A screen's pixels as a PNG file (ISO/IEC 15948), with libpng.
 */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "port/linux/port_linux.h"

static void rgb_bytes(uint8_t *to, const uint32_t *pixels, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		*to++ = (uint8_t)(pixels[i] >> 16);
		*to++ = (uint8_t)(pixels[i] >> 8);
		*to++ = (uint8_t)pixels[i];
	}
}

bool png_write(const char *path, const uint32_t *pixels, unsigned width, unsigned height,
	       size_t stride)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = width,
		.height = height,
		.format = PNG_FORMAT_RGB,
	};
	uint8_t *rgb;
	bool good;

	if (!width || !height || width > 65536 || height > 65536)
		return false;
	rgb = malloc((size_t)width * height * 3);
	if (!rgb)
		return false;
	for (unsigned y = 0; y < height; y++)
		rgb_bytes(rgb + (size_t)y * width * 3, pixels + y * stride, width);
	good = png_image_write_to_file(&image, path, 0, rgb, (png_int_32)(width * 3), NULL);
	free(rgb);
	return good;
}
