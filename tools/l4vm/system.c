/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Finds the kernel and the programs for L4.  In the folder are `l4vm`, the kernel, and
 * `bin` with the programs: the build folder looks like that, and PREFIX/lib/l4vm.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "plan.h"
#include "text.h"

static bool is_system(const char *folder)
{
	char *kernel = text_format("%s/l4vm", folder);
	struct stat about;
	bool good = !stat(kernel, &about) && S_ISREG(about.st_mode);

	free(kernel);
	return good;
}

/* Where this program lies, without bin/l4vm. */
static char *own_prefix(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

	if (length < 0)
		return text_copy(".");
	path[length] = 0;
	for (int i = 0; i < 2; i++)
		if (strrchr(path, '/'))
			*strrchr(path, '/') = 0;
	return text_copy(path);
}

char *system_find(const char *given)
{
	const char *said = given ? given : getenv("L4VM_SYSTEM");
	char *prefix, *installed;

	if (said && *said) {
		if (is_system(said))
			return text_copy(said);
		complain("%s: there is no kernel '%s/l4vm'; name the build or installation folder",
			 given ? "--system" : "L4VM_SYSTEM", said);
		return NULL;
	}
	prefix = own_prefix();
	if (is_system(prefix))
		return prefix;
	installed = text_format("%s/lib/l4vm", prefix);
	if (!is_system(installed)) {
		complain("there is no kernel '%s/l4vm' or '%s/l4vm'; run make, or use --system DIR",
			 prefix, installed);
		free(installed);
		installed = NULL;
	}
	free(prefix);
	return installed;
}
