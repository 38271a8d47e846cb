// The small dense part of NNLS: solves on passive sets, exchanges, and the fallback. Must never allocate
// after it is made.

using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>One thread's memory for projections on one H, and the solver itself.</summary>
internal sealed unsafe class NnlsWorkspace : IDisposable
{
    private const int FullExchanges = 3;

    // A pivot below this share of its diagonal cannot be told from rounding: that row of H depends on the
    // others.
    private const double DependentShare = 1e-12;

    // Gradients of less than this share of the largest x·h are zero: rounding leaves about 1e-15.
    private const double GradientShare = 1e-11;

    private readonly Nnls _problem;
    private readonly int _rank;
    private readonly int _stride;
    private readonly int _room; // doubles a row of the eliminated system: the unknowns, then the right side
    private readonly NativeBuffer<double> _memory;
    private readonly NativeBuffer<int> _sets;

    public NnlsWorkspace(Nnls problem)
    {
        (_problem, _rank, _stride) = (problem, problem.Rank, problem.Stride);
        _room = _stride + 4;
        _memory = new NativeBuffer<double>(4 * _stride + _rank * _room);
        _sets = new NativeBuffer<int>(2 * _rank);
        Target = _memory.Pointer;
        Solution = Target + _stride;
        Gradient = Solution + _stride;
        Feasible = Gradient + _stride;
        System = Feasible + _stride;
        Passive = _sets.Pointer;
        Members = Passive + _rank;
    }

    /// <summary>x·hᵀ for each row h.</summary>
    public double* Target { get; }

    /// <summary>Weights.</summary>
    public double* Solution { get; }

    /// <summary>1 for a coordinate that may be above zero.</summary>
    public int* Passive { get; }

    private double* Gradient { get; }

    private double* Feasible { get; }

    private double* System { get; }

    private int* Members { get; }

    /// <summary>Solution = matrix · x for a symmetric matrix of rank rows.</summary>
    public void Combine(double* matrix, double* x)
    {
        new Span<double>(Solution, _stride).Clear();
        for (int t = 0; t < _rank; t++)
            if (x[t] != 0) AddScaled(Solution, matrix + t * _stride, x[t], 0);
    }

    /// <summary>The exact solution; the passive set to begin with is where Solution is positive.</summary>
    public void Solve(double largest)
    {
        double tolerance = GradientShare * largest;
        for (int t = 0; t < _rank; t++) Passive[t] = Solution[t] > 0 ? 1 : 0;
        int fewest = _rank + 1, left = FullExchanges;
        for (int round = 0; round < 5 * _rank + 20; round++)
        {
            Eliminate();
            FindGradient();
            int infeasible = 0, last = -1;
            for (int t = 0; t < _rank; t++)
            {
                if (!IsInfeasible(t, tolerance)) continue;
                infeasible++;
                last = t;
            }
            if (infeasible == 0) return;
            if (infeasible < fewest) (fewest, left) = (infeasible, FullExchanges);
            else left--;
            if (left < 0)
            {
                Passive[last] ^= 1; // Murty's rule: one at a time ends where full exchanges run in circles
                continue;
            }
            for (int t = 0; t < _rank; t++)
                if (IsInfeasible(t, tolerance)) Passive[t] ^= 1;
        }
        ActiveSet(tolerance);
    }

    /// <summary>
    /// Solution = the least squares on the passive set, 0 elsewhere. A member that depends on those before it
    /// leaves the set.
    /// </summary>
    public void Eliminate()
    {
        int members = 0;
        for (int t = 0; t < _rank; t++)
            if (Passive[t] != 0) Members[members++] = t;
        int right = members; // the column of the right side
        for (int i = 0; i < members; i++)
        {
            double* row = System + i * _room, gram = _problem.Gram + Members[i] * _stride;
            for (int j = i; j < members; j++) row[j] = gram[Members[j]];
            row[right] = Target[Members[i]];
        }
        for (int i = 0; i < members; i++)
        {
            double* row = System + i * _room;
            double pivot = row[i], diagonal = _problem.Gram[Members[i] * _stride + Members[i]];
            if (!(pivot > DependentShare * diagonal))
            {
                row[i] = 0; // marks it; it takes no part in the rest
                continue;
            }
            double reciprocal = 1 / pivot;
            for (int j = i + 1; j < members; j++)
                if (row[j] != 0) Subtract(System + j * _room, row, row[j] * reciprocal, j, right);
        }
        new Span<double>(Solution, _stride).Clear();
        for (int i = members - 1; i >= 0; i--)
        {
            double* row = System + i * _room;
            if (row[i] == 0)
            {
                Passive[Members[i]] = 0;
                continue;
            }
            double sum = row[right];
            for (int j = i + 1; j < members; j++) sum -= row[j] * Solution[Members[j]];
            Solution[Members[i]] = sum / row[i];
        }
    }

    public void Dispose()
    {
        _memory.Dispose();
        _sets.Dispose();
    }

    private bool IsInfeasible(int t, double tolerance) =>
        Passive[t] != 0 ? Solution[t] <= 0 : Gradient[t] > tolerance;

    /// <summary>Gradient = Target − Gram · Solution: positive where a larger weight would help.</summary>
    private void FindGradient()
    {
        new Span<double>(Target, _stride).CopyTo(new Span<double>(Gradient, _stride));
        for (int t = 0; t < _rank; t++)
            if (Solution[t] != 0) AddScaled(Gradient, _problem.Gram + t * _stride, -Solution[t], 0);
    }

    /// <summary>to += scale · from over a row, from the vector on that holds element first.</summary>
    private void AddScaled(double* to, double* from, double scale, int first)
    {
        Vector256<double> s = Vector256.Create(scale);
        for (int i = first & ~3; i < _stride; i += 4)
            Vector256.MultiplyAddEstimate(s, Vector256.Load(from + i), Vector256.Load(to + i)).Store(to + i);
    }

    /// <summary>
    /// row −= scale · pivotRow, columns first … last; what stands left of first is not read again.
    /// </summary>
    private static void Subtract(double* row, double* pivotRow, double scale, int first, int last)
    {
        Vector256<double> s = Vector256.Create(-scale);
        for (int i = first & ~3; i <= last; i += 4)
            Vector256.MultiplyAddEstimate(s, Vector256.Load(pivotRow + i), Vector256.Load(row + i)).Store(
                row + i);
    }

    /// <summary>
    /// Lawson and Hanson 1974, chapter 23: from zero, one coordinate in at a time, never uphill. A coordinate
    /// that cannot enter, because it depends on those that are in, is not tried again before another one has
    /// entered.
    /// </summary>
    private void ActiveSet(double tolerance)
    {
        new Span<double>(Feasible, _stride).Clear();
        new Span<int>(Passive, _rank).Clear();
        for (int round = 0; round < 10 * _rank; round++)
        {
            new Span<double>(Feasible, _stride).CopyTo(new Span<double>(Solution, _stride));
            FindGradient();
            if (!Enter(tolerance)) break;
            while (!StepTowardsSolution()) Eliminate();
        }
        new Span<double>(Feasible, _stride).CopyTo(new Span<double>(Solution, _stride));
    }

    /// <summary>Lets the steepest coordinate in that moves; false when none does. Solution is then its least
    /// squares.
    /// </summary>
    private bool Enter(double tolerance)
    {
        while (true)
        {
            int best = -1;
            for (int t = 0; t < _rank; t++)
                if (Passive[t] == 0 && Gradient[t] > tolerance && (best < 0 || Gradient[t] > Gradient[best]))
                    best = t;
            if (best < 0) return false;
            Passive[best] = 1;
            Eliminate();
            if (Passive[best] != 0 && Solution[best] > 0) return true;
            Passive[best] = 0;
            Gradient[best] = 0;
        }
    }

    /// <summary>
    /// Goes from Feasible to Solution as far as no weight falls below 0; true when it got there.
    /// </summary>
    private bool StepTowardsSolution()
    {
        double step = 1;
        int blocking = -1;
        for (int t = 0; t < _rank; t++)
        {
            if (Passive[t] == 0 || Solution[t] > 0) continue;
            double share = Feasible[t] / (Feasible[t] - Solution[t]);
            if (double.IsNaN(share)) share = 0; // both are zero
            if (share < step) (step, blocking) = (share, t);
        }
        for (int t = 0; t < _rank; t++) Feasible[t] += step * (Solution[t] - Feasible[t]);
        if (blocking < 0) return true;
        for (int t = 0; t < _rank; t++)
            if (Passive[t] != 0 && (t == blocking || Feasible[t] <= 0)) (Passive[t], Feasible[t]) = (0, 0);
        return false;
    }
}
