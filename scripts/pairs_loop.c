// All-pairs co-error counts by a plain tiled loop: what outcome.(*Errors).Pairs is held against.
// Usage: pairs_loop MODELS QUERIES REPEATS; prints the median time of a repeat in milliseconds of CPU.
// Build: gcc -O3 -mpopcnt (x86-64), gcc -O3 elsewhere.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TILE = 30 }; // rows; two tiles of 20,000 queries lie in the second-level cache

static void count(const uint64_t *rows, int models, int words, int64_t *out) {
  for (int from = 0; from < models; from += TILE) {
    int to = from + TILE < models ? from + TILE : models;
    for (int other = from; other < models; other += TILE) {
      int end = other + TILE < models ? other + TILE : models;
      for (int i = from; i < to; i++) {
        const uint64_t *a = rows + (size_t)i * words;
        for (int j = other > i ? other : i; j < end; j++) {
          const uint64_t *b = rows + (size_t)j * words;
          int64_t n = 0;
          for (int w = 0; w < words; w++) n += __builtin_popcountll(a[w] & b[w]);
          out[(size_t)i * models + j] = n;
        }
      }
    }
  }
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int models = atoi(argv[1]), words = (atoi(argv[2]) + 63) / 64, repeats = atoi(argv[3]);
  uint64_t *rows = malloc((size_t)models * words * sizeof *rows), state = 1;
  int64_t *out = calloc((size_t)models * models, sizeof *out);
  double *spent = malloc(repeats * sizeof *spent);
  if (!rows || !out || !spent || repeats < 1) return 1;
  for (size_t i = 0; i < (size_t)models * words; i++) { // xorshift
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    rows[i] = state;
  }
  for (int r = 0; r < repeats; r++) {
    clock_t start = clock();
    count(rows, models, words, out);
    spent[r] = 1000.0 * (double)(clock() - start) / CLOCKS_PER_SEC;
  }
  qsort(spent, repeats, sizeof *spent, ascending);
  int64_t check = 0;
  for (size_t i = 0; i < (size_t)models * models; i++) check += out[i];
  printf("%.1f ms (sum of counts %lld)\n", spent[repeats / 2], (long long)check);
}
