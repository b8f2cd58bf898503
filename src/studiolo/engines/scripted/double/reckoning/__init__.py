"""Questions that hold all that their answer needs: sums, orders, letters, units, comparisons."""
