// Settings of skip-gram training (Item2Vec). Must never clamp: a value out of range is an error that names
// it.

namespace EmbedEngine;

/// <summary>
/// How item vectors are trained by skip-gram with negative sampling (Mikolov et al. 2013, arXiv 1310.4546; on
/// sessions instead of sentences: Item2Vec, Barkan and Koenigstein 2016, arXiv 1603.04259). Immutable.
/// </summary>
/// <remarks>
/// <para>
/// The defaults were chosen on the last 7 % of Diginetica's training sessions (e-commerce views, mean length
/// 4.9; every third prefix, all 43,000 items ranked). HR@20 after 20 epochs, a seen item weighing .8 of the
/// one after it: .457 with 96 dimensions, window 5, 16 negatives, exponent .75; from there .465 with exponent
/// .5 and .426 with 1; .430 with 5 and .465 with 32 negatives; .457 with window 3 and .424 with 10; .449 with
/// rate .05; .455 with a dynamic window. Exponent 0 gave .456, rate .2 with exponent .5 gave .450. With
/// weight .6 (about .01 better): .483 as the defaults now are; .480 with window 2; .474 with 15 epochs.
/// </para>
/// <para>
/// With the defaults, trained on all sessions, the query being the sum of the last five items' input vectors
/// with weight .6: Diginetica test (60,858 prefixes) HR@20 .492, MRR@20 .171 against raw output vectors, .493
/// and .173 against normalised ones, in 43 seconds of processor time; Yoochoose-100k test .683 and .346 raw.
/// </para>
/// <para>
/// Those figures are with negatives drawn for every position. How far they are shared trades quality for
/// time: on every third prefix of the Diginetica test HR@20 was .498 without sharing, .493 to .495 with <see
/// cref="NegativeSharing"/> 2 in half the processor time, .480 with 4 in a third.
/// </para>
/// </remarks>
public sealed record SkipGramOptions
{
    /// <summary>Length of each vector, in floats. 1 to 4096; default 64.</summary>
    public int Dimensions { get; init; } = 64;

    /// <summary>Neighbors to each side of an item in its session that count as its context. 1 to 256; default
    /// 3.</summary>
    public int Window { get; init; } = 3;

    /// <summary>
    /// Draws each window's width uniformly from 1 to <see cref="Window"/>, so that near neighbors weigh more,
    /// as the authors' word2vec does. Default false: the full width.
    /// </summary>
    public bool DynamicWindow { get; init; }

    /// <summary>Weight of all negative items of a pair together, where the positive's is 1. 1 to 1024;
    /// default 32.</summary>
    public int NegativeSamples { get; init; } = 32;

    /// <summary>
    /// How far negatives are shared: every block of up to four neighboring positions draws
    /// 4 · <see cref="NegativeSamples"/> / NegativeSharing of them for all its windows. 1 to 4: at 1 it draws
    /// most and learns most from a log, at 4 it is fastest; default 2.
    /// </summary>
    public int NegativeSharing { get; init; } = 2;

    /// <summary>
    /// Negatives are drawn in proportion to count^NegativeExponent. −4 to 4; 0 is uniform, negative values
    /// prefer rare items; default 0.5.
    /// </summary>
    public double NegativeExponent { get; init; } = 0.5;

    /// <summary>
    /// Share of all events above which an item's events are randomly left out (word2vec's <c>sample</c>, such
    /// as 1e-3). 0 to 1; 0, the default, leaves out none.
    /// </summary>
    public double Subsample { get; init; }

    /// <summary>Items with fewer events get a zero vector and are not trained on. At least 1; default
    /// 1.</summary>
    public int MinCount { get; init; } = 1;

    /// <summary>Passes over all sessions. 1 to 100,000; default 20.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Step size at the start; it falls linearly over the whole run. Above 0, at most 10; default
    /// 0.1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Step size at the end, as a share of <see cref="LearningRate"/>. 0 to 1; default
    /// 0.0001.</summary>
    public double MinLearningRateFraction { get; init; } = 1e-4;

    /// <summary>Seed of every random number of the run. Any value; default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads to train on. 0, the default, is one per processor; at most 1024.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Makes runs of equal seed and data bit-identical on one SIMD level, whatever <see cref="Threads"/>
    /// says: about two thousand events at a time learn from the same vectors, and what they add is added in a
    /// fixed order. Default false: threads update shared vectors without locks (Hogwild), which is faster.
    /// </summary>
    public bool Deterministic { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names
    /// it.</exception>
    public void Validate()
    {
        SettingTable.Check(this);
        if (Threads is < 0 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(Threads), Threads, "Threads must be 0 to 1024");
    }
}
