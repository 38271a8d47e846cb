namespace EmbedEngine;

/// <summary>How traits of customers are learned: settings <c>trait*</c> of a training run.</summary>
public sealed record TraitSettings
{
    /// <summary>Traits, k; a store of few customers gets fewer. 0 = none.</summary>
    public int Count { get; init; } = 16;

    /// <summary>What is factorised.</summary>
    public TraitSpace On { get; init; }

    /// <summary>Customers factorised at most, drawn evenly; all of them get profiles.</summary>
    public int Customers { get; init; } = 100_000;

    /// <summary>Iterations at most.</summary>
    public int Iterations { get; init; } = 200;

    /// <summary>
    /// Further factorisations, each of four fifths of the customers, that tell how stable the traits are; 0 =
    /// not measured.
    /// </summary>
    public int StabilityRuns { get; init; } = 4;
}
