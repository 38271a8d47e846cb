/* Leaves the host its address space. The .NET collector reserves 256 GB, or nearly all of what a limit
 * (ulimit -v, a container's RLIMIT_AS) allows, before the first call returns; what is left may be too little
 * for the host's own threads. This runs when the file is loaded, before the runtime starts, and where there
 * is a limit has the collector reserve a third of what is left. Without a limit, and where the host has
 * chosen DOTNET_GCRegionRange itself, it does nothing. The collector's range is also the most that managed
 * memory can grow to; calls that need more end in EE_E_OUT_OF_MEMORY. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static const unsigned long long granularity = 4ull << 20, least = 64ull << 20;

__attribute__((constructor)) static void choose_region_range(void) {
    struct rlimit limit;
    if (getenv("DOTNET_GCRegionRange") || getrlimit(RLIMIT_AS, &limit) != 0 ||
        limit.rlim_cur == RLIM_INFINITY) return;
    unsigned long long pages = 0;
    FILE *self = fopen("/proc/self/statm", "r");
    if (self) {
        if (fscanf(self, "%llu", &pages) != 1) pages = 0;
        fclose(self);
    }
    unsigned long long used = pages * (unsigned long long)sysconf(_SC_PAGESIZE);
    unsigned long long left = limit.rlim_cur > used ? limit.rlim_cur - used : 0;
    unsigned long long range = left / 3 / granularity * granularity;
    char text[32];
    snprintf(text, sizeof text, "%llx", range < least ? least : range);
    setenv("DOTNET_GCRegionRange", text, 0);
    /* Said, so that the library takes it back once the runtime has read it: children choose themselves. */
    setenv("EMBEDENGINE_CHOSE_REGION_RANGE", "1", 1);
}
