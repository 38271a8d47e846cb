namespace EmbedEngine.Training;

/// <summary>X ≈ W·H with non-negative factors.</summary>
/// <param name="Rows">Rows of X and W.</param>
/// <param name="Columns">Columns of X and H.</param>
/// <param name="Rank">Components.</param>
/// <param name="W">Rows × Rank, row-major; holds the scale.</param>
/// <param name="H">Rank × Columns, row-major; a row has Euclidean length 1, or is zero when its component is
/// not used.</param>
/// <param name="Iterations">Iterations made.</param>
/// <param name="Converged">Whether the tolerance or the target was reached.</param>
internal sealed record NmfResult(
    int Rows, int Columns, int Rank, float[] W, float[] H, int Iterations, bool Converged);
