// Vectors of items in a plane: their two principal components. A linear view: distances in it are never
// larger than in the space, and how much of the variance it shows can be said in one number, which is why it
// is this and not a neighbour embedding, whose islands are the method's own.

namespace EmbedEngine.Report.Measures;

/// <summary>The most frequent items of a version in two dimensions.</summary>
/// <param name="Space">Space of the vectors.</param>
/// <param name="Dimensions">Of the space.</param>
/// <param name="Rows">Rows of the version that have a vector, most frequent first.</param>
/// <param name="Points">Two coordinates a row.</param>
/// <param name="FirstShare">Share of the variance along the first coordinate.</param>
/// <param name="SecondShare">Along the second.</param>
internal sealed record ItemMap(
    string Space, int Dimensions, IReadOnlyList<int> Rows, double[,] Points, double FirstShare,
    double SecondShare)
{
    private const int Iterations = 500;
    private const double Converged = 1e-10;

    /// <summary>Null where the version has no vectors, or fewer than three items with one.</summary>
    public static ItemMap? Of(Model model, int most)
    {
        if (model.Spaces.Count == 0) return null;
        VectorSpaceView vectors = model.Vectors();
        var rows = new List<int>();
        for (int row = 0; row < vectors.Rows && rows.Count < most; row++)
            if (vectors[row].ContainsAnyExcept(0f)) rows.Add(row);
        if (rows.Count < 3) return null;
        double[][] centred = Centred(vectors, rows);
        double[][] covariance = Covariance(centred, vectors.Dimensions);
        double total = Enumerable.Range(0, vectors.Dimensions).Sum(i => covariance[i][i]);
        if (!(total > 0)) return null;
        double[][] axes = Leading(covariance);
        var points = new double[rows.Count, 2];
        for (int i = 0; i < rows.Count; i++)
            for (int a = 0; a < axes.Length; a++) points[i, a] = Dot(centred[i], axes[a]);
        GC.KeepAlive(model);
        return new ItemMap(
            model.Spaces[0], vectors.Dimensions, rows, points, Along(covariance, axes[0]) / total,
            axes.Length > 1 ? Along(covariance, axes[1]) / total : 0);
    }

    private static double[][] Centred(VectorSpaceView vectors, List<int> rows)
    {
        var mean = new double[vectors.Dimensions];
        foreach (int row in rows)
            for (int d = 0; d < mean.Length; d++) mean[d] += vectors[row][d];
        var centred = new double[rows.Count][];
        for (int i = 0; i < centred.Length; i++)
        {
            ReadOnlySpan<float> vector = vectors[rows[i]];
            centred[i] = new double[mean.Length];
            for (int d = 0; d < mean.Length; d++) centred[i][d] = vector[d] - mean[d] / rows.Count;
        }
        return centred;
    }

    private static double[][] Covariance(double[][] centred, int dimensions)
    {
        var covariance = new double[dimensions][];
        for (int i = 0; i < dimensions; i++) covariance[i] = new double[dimensions];
        foreach (double[] x in centred)
        {
            for (int i = 0; i < dimensions; i++)
                for (int j = 0; j < dimensions; j++) covariance[i][j] += x[i] * x[j];
        }
        foreach (double[] line in covariance)
            for (int j = 0; j < dimensions; j++) line[j] /= centred.Length;
        return covariance;
    }

    /// <summary>
    /// The two leading eigenvectors by orthogonal iteration, from a fixed start, each turned so that its
    /// largest entry is positive: one version, one picture.
    /// </summary>
    private static double[][] Leading(double[][] covariance)
    {
        int dimensions = covariance.Length;
        var axes = new double[Math.Min(2, dimensions)][];
        for (int a = 0; a < axes.Length; a++)
        {
            axes[a] = new double[dimensions];
            for (int d = 0; d < dimensions; d++) axes[a][d] = 1 + (d * (a + 1) + a) % 7;
        }
        for (int a = 0; a < axes.Length; a++) Orthonormalize(axes, a);
        for (int i = 0; i < Iterations; i++)
        {
            double moved = 0;
            double[][] next = [.. axes.Select(axis => Times(covariance, axis))];
            for (int a = 0; a < axes.Length; a++)
            {
                Orthonormalize(next, a);
                moved = Math.Max(moved, 1 - Math.Abs(Dot(next[a], axes[a])));
            }
            axes = next;
            if (moved < Converged) break;
        }
        foreach (double[] axis in axes)
        {
            if (axis.MaxBy(Math.Abs) >= 0) continue;
            for (int d = 0; d < dimensions; d++) axis[d] = -axis[d];
        }
        return axes;
    }

    private static void Orthonormalize(double[][] axes, int a)
    {
        for (int before = 0; before < a; before++)
        {
            double along = Dot(axes[a], axes[before]);
            for (int d = 0; d < axes[a].Length; d++) axes[a][d] -= along * axes[before][d];
        }
        double norm = Math.Sqrt(Dot(axes[a], axes[a]));
        // All variance lies along the axes before: any direction does, and none is as good as another.
        if (norm < 1e-200) Array.Clear(axes[a]);
        else for (int d = 0; d < axes[a].Length; d++) axes[a][d] /= norm;
    }

    private static double Along(double[][] covariance, double[] axis) => Dot(axis, Times(covariance, axis));

    private static double[] Times(double[][] matrix, double[] vector) =>
        [.. matrix.Select(line => Dot(line, vector))];

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
