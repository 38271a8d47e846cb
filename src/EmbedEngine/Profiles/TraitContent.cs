using System.Globalization;

namespace EmbedEngine.Profiles;

/// <summary>What the table of a version's traits is written from.</summary>
internal sealed record TraitContent
{
    /// <summary>Traits, k.</summary>
    public required int Rank { get; init; }

    /// <summary>Weight of each item in each trait: k × rows, row-major; not negative.</summary>
    public required float[] Weights { get; init; }

    /// <summary>The mean profile, k values of sum 1.</summary>
    public required float[] Mean { get; init; }

    /// <summary>Customers that have a profile of their own.</summary>
    public required int Customers { get; init; }

    /// <summary>How stable the traits are; null = not measured.</summary>
    public double? Stability { get; init; }

    /// <summary>Category of each row, −1 = none; null = there are no categories.</summary>
    public int[]? CategoryOf { get; init; }

    /// <summary>By row; of traits of items only.</summary>
    public float[] Idf { get; init; } = [];

    /// <summary>Shift and H of traits of vectors; null = traits of items, whose H is <see
    /// cref="Weights"/>.</summary>
    public ShiftedVectors? OfVectors { get; init; }

    /// <summary>Digest of the vectors, hexadecimal; empty of traits of items.</summary>
    public string VectorsDigest { get; init; } = "";

    public int Rows => Weights.Length / Rank;

    /// <summary>What the header says, as JSON.</summary>
    public string Parameters()
    {
        string stability = Stability is { } measured
            ? string.Create(CultureInfo.InvariantCulture, $",\"stability\":{measured:0.######}") : "";
        string vectors = VectorsDigest.Length == 0 ? "" : $",\"vectors\":\"{VectorsDigest}\"";
        return $"{{\"customers\":{Customers}{stability}{vectors}}}";
    }
}
