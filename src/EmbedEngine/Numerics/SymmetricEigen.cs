// All eigenvalues and eigenvectors of a small dense symmetric matrix, in double: Householder
// tridiagonalisation, then implicit QR steps with Wilkinson's shift (Golub and Van Loan, Matrix Computations,
// 4th ed., algorithms 8.3.1 and 8.3.3). Differs from the book: the trailing matrix is updated in full, not in
// half, and eigenvectors are kept as rows, so that every inner loop runs along memory.

using System.Numerics.Tensors;

namespace EmbedEngine.Numerics;

/// <summary>A = Σ Values[i] · row i of Vectors ⊗ itself. Values in no order.</summary>
/// <param name="Values">n eigenvalues.</param>
/// <param name="Vectors">n × n, row i is the unit eigenvector of Values[i].</param>
internal sealed record SymmetricEigen(double[] Values, double[] Vectors)
{
    private const int MaxStepsPerValue = 60;

    /// <summary>Solves A (n × n, row-major; only read). O(n³): about 30 ms at n = 256.</summary>
    /// <exception cref="ArgumentException">The length is not n², or an element is not finite.</exception>
    public static SymmetricEigen Solve(ReadOnlySpan<double> a, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (a.Length != n * n)
            throw new ArgumentException($"{a.Length} elements are not {n} x {n}", nameof(a));
        foreach (double x in a)
            if (!double.IsFinite(x)) throw new ArgumentException($"an element is {x}", nameof(a));
        double[] work = a.ToArray();
        double[] diagonal = new double[n], beside = new double[n], vectors = new double[n * n];
        Tridiagonalize(work, n, diagonal, beside, vectors);
        Diagonalize(diagonal, beside, vectors, n);
        return new SymmetricEigen(diagonal, vectors);
    }

    /// <summary>A = Qᵀ T Q with T tridiagonal; q receives Q (rows), work is destroyed.</summary>
    private static void Tridiagonalize(double[] work, int n, double[] diagonal, double[] beside, double[] q)
    {
        var reflectors = new double[n * n]; // row k: the vector v of step k, from column k + 1 on
        var scales = new double[n];
        Span<double> product = new double[n];
        for (int k = 0; k + 2 < n; k++)
        {
            int m = n - k - 1;
            Span<double> v = reflectors.AsSpan(k * n + k + 1, m);
            for (int i = 0; i < m; i++) v[i] = work[(k + 1 + i) * n + k];
            double tail = TensorPrimitives.Dot<double>(v[1..], v[1..]);
            if (tail == 0)
            {
                beside[k] = v[0];
                continue;
            }
            double norm = Math.Sqrt(v[0] * v[0] + tail);
            beside[k] = v[0] > 0 ? -norm : norm; // the sign that cancels nothing
            v[0] -= beside[k];
            double scale = scales[k] = 2 / (v[0] * v[0] + tail);
            Span<double> p = product[..m];
            for (int i = 0; i < m; i++) p[i] = scale * TensorPrimitives.Dot<double>(Row(work, n, k, i), v);
            TensorPrimitives.MultiplyAdd<double>(v, -scale / 2 * TensorPrimitives.Dot<double>(p, v), p, p);
            for (int i = 0; i < m; i++)
            {
                Span<double> row = Row(work, n, k, i);
                TensorPrimitives.MultiplyAdd<double>(p, -v[i], row, row);
                TensorPrimitives.MultiplyAdd<double>(v, -p[i], row, row);
            }
        }
        for (int i = 0; i < n; i++) diagonal[i] = work[i * n + i];
        if (n > 1) beside[n - 2] = work[(n - 1) * n + n - 2];
        for (int i = 0; i < n; i++) q[i * n + i] = 1;
        for (int k = n - 3; k >= 0; k--)
        {
            if (scales[k] == 0) continue;
            ReadOnlySpan<double> v = reflectors.AsSpan(k * n + k + 1, n - k - 1);
            for (int i = 0; i < n - k - 1; i++)
            {
                Span<double> row = Row(q, n, k, i);
                TensorPrimitives.MultiplyAdd<double>(
                    v, -scales[k] * TensorPrimitives.Dot<double>(row, v), row, row);
            }
        }

        static Span<double> Row(double[] m, int n, int k, int i) =>
            m.AsSpan((k + 1 + i) * n + k + 1, n - k - 1);
    }

    private static void Diagonalize(double[] d, double[] e, double[] q, int n)
    {
        int hi = n - 1;
        for (int steps = 0; hi > 0;)
        {
            if (Negligible(d, e, hi - 1))
            {
                e[--hi] = 0;
                continue;
            }
            int lo = hi - 1;
            while (lo > 0 && !Negligible(d, e, lo - 1)) lo--;
            if (++steps > MaxStepsPerValue * n)
                // never seen for finite input
                throw new InvalidOperationException("the eigenvalues did not converge");
            QrStep(d, e, q, n, lo, hi);
        }
    }

    private static bool Negligible(double[] d, double[] e, int i) =>
        Math.Abs(e[i]) <= 1.2e-16 * (Math.Abs(d[i]) + Math.Abs(d[i + 1]));

    /// <summary>One implicit step on the unreduced block lo … hi.</summary>
    private static void QrStep(double[] d, double[] e, double[] q, int n, int lo, int hi)
    {
        double delta = (d[hi - 1] - d[hi]) / 2;
        double root = double.Hypot(delta, e[hi - 1]);
        double x = d[lo] - (d[hi] - e[hi - 1] / ((delta + (delta < 0 ? -root : root)) / e[hi - 1]));
        double z = e[lo];
        for (int k = lo; k < hi; k++)
        {
            double r = double.Hypot(x, z);
            (double c, double s) = r == 0 ? (1.0, 0.0) : (x / r, z / r);
            if (k > lo) e[k - 1] = r;
            (double a, double b, double f) = (d[k], e[k], d[k + 1]);
            d[k] = c * c * a + 2 * c * s * b + s * s * f;
            d[k + 1] = s * s * a - 2 * c * s * b + c * c * f;
            e[k] = c * s * (f - a) + (c * c - s * s) * b;
            if (k < hi - 1)
            {
                x = e[k];
                z = s * e[k + 1];
                e[k + 1] = c * e[k + 1];
            }
            Rotate(q.AsSpan(k * n, n), q.AsSpan((k + 1) * n, n), c, s);
        }
    }

    /// <summary>(a, b) ← (c·a + s·b, c·b − s·a).</summary>
    private static void Rotate(Span<double> a, Span<double> b, double c, double s)
    {
        int i = 0;
        int width = System.Numerics.Vector<double>.Count;
        for (; i <= a.Length - width; i += width)
        {
            var x = new System.Numerics.Vector<double>(a[i..]);
            var y = new System.Numerics.Vector<double>(b[i..]);
            (x * c + y * s).CopyTo(a[i..]);
            (y * c - x * s).CopyTo(b[i..]);
        }
        for (; i < a.Length; i++) (a[i], b[i]) = (c * a[i] + s * b[i], c * b[i] - s * a[i]);
    }
}
