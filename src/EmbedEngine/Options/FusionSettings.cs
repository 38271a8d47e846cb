namespace EmbedEngine;

/// <summary>
/// How vectors of behaviour and of content become one space: settings <c>fusion*</c> and
/// <c>behavior_weight</c> of a training run. <see cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record FusionSettings
{
    /// <summary>Stands for a number that the training chooses.</summary>
    public const double Automatic = -1;

    /// <summary>
    /// <c>fusion</c>: whether the space is made, where items have vectors of both kinds.
    /// </summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// <c>behavior_weight</c>: w of w·behaviour + (1 − w)·content for an item with both; automatic: n / (n +
    /// κ) for one of n events, κ learned.
    /// </summary>
    public double BehaviorWeight { get; init; } = Automatic;

    /// <summary><c>fusion_alignment</c>: how content is mapped.</summary>
    public FusionAlignment Alignment { get; init; }

    /// <summary>
    /// <c>fusion_ridge</c>: penalty of ridge regression, as a share of the mean of the Gram matrix's
    /// diagonal.
    /// </summary>
    public double Ridge { get; init; } = Automatic;
}
