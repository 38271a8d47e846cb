// What a request wants of the order of its answer, bound to the catalogue of the moment: boosts and what is
// buried as bitmaps of rows, attributes as codes. A part of the scratch: set before anything is ranked,
// cleared at the end. Must never say which items may be answered: AllowedRows does.
//
// Why relevance is scaled before it is multiplied: the scores of sources have nothing in common. Counts start
// at 0, cosines and logits of a ranker are negative as often as not, and a factor of 1.2 would lower those.
// Odds would fit logits alone. Scaled to 0 … 1 over the pool every source has the same scale, as diversity
// uses it; the floor lets the last of the pool be raised too: ten times brings it to where the first was.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Rules of order of one request.</summary>
internal sealed class BoundRules
{
    /// <summary>Boosts of one request.</summary>
    public const int MostBoosts = 64;

    /// <summary>Score of the last of a pool, before boosts; that of the first is 1.</summary>
    public const double Floor = 0.1;

    private readonly ItemBoost?[] _boosts = new ItemBoost?[MostBoosts];
    private readonly ulong[]?[] _boosted = new ulong[MostBoosts][];
    private int _boostCount;
    private ItemFilter? _bury;
    private ulong[]? _buried;
    private readonly AttributeCodes?[] _fallbackBy = new AttributeCodes?[FallbackChain.Most];
    private int _fallbackCount;
    private AttributeCodes? _weightBy;
    private double _weight;
    private ulong[] _keys = [];
    private int[] _rows = [];
    private double[] _values = [];

    public CapCounts Caps { get; } = new();

    public PinList Pins { get; } = new();

    /// <summary>What diversity goes by; null = no attribute.</summary>
    public AttributeCodes? Diversity { get; private set; }

    /// <summary>What a session that nothing is known of falls back on; empty = the usual.</summary>
    public ReadOnlySpan<AttributeCodes?> FallbackBy => _fallbackBy.AsSpan(0, _fallbackCount);

    /// <summary>Whether candidates get other scores than their source's.</summary>
    public bool Ranks => _boostCount > 0 || _weightBy is not null;

    /// <summary>Whether anything is buried.</summary>
    public bool Buries => _buried is not null;

    /// <summary>Binds what was checked (<see cref="RuleChecks"/>). <see cref="Clear"/> must follow.</summary>
    /// <exception cref="EmbedEngineException">InvalidArgument: an attribute is not there, or of a type that
    /// the rule has no use for.</exception>
    public void Bind(
        in RecommendRules rules, in RecommendOptions options, CatalogueRows? catalogue, ColdVectors? cold,
        long version)
    {
        if (options.DiversityBy == DiversityMeasure.Attribute)
            Diversity = Find(catalogue, options.DiversityAttribute!, "diversity", cold, version);
        foreach (string name in rules.FallbackBy)
        {
            AttributeCodes codes = Find(catalogue, name, "fallback", cold, version);
            if (!codes.IsListed) throw Unfit("fallback", codes, "; a fallback goes by texts and tags");
            _fallbackBy[_fallbackCount++] = codes;
        }
        if (!rules.Arranges) return;
        foreach (ItemBoost boost in rules.Boosts)
        {
            _boosted[_boostCount] = Require(catalogue, version).Passing(boost.Filter, cold);
            _boosts[_boostCount++] = boost;
        }
        if (rules.Bury is { } bury)
        {
            _buried = Require(catalogue, version).Passing(bury, cold);
            _bury = bury;
        }
        foreach (AttributeCap cap in rules.Caps)
        {
            AttributeCodes codes = Find(catalogue, cap.Name, "cap", cold, version);
            if (codes.Type == AttributeType.Time)
                throw Unfit("cap", codes, "; caps count texts, numbers, booleans and tags");
            Caps.Use(codes, cap.Most);
        }
        if (rules.WeightBy is { } weight)
        {
            _weightBy = Find(catalogue, weight.Name, "weight", cold, version);
            _weight = weight.Weight;
            if (!_weightBy.HasNumbers)
                throw Unfit("weight", _weightBy, "; a weight goes by a number, a time or a boolean");
        }
    }

    /// <summary>Rules nothing again, and holds nothing of a catalogue.</summary>
    public void Clear()
    {
        Array.Clear(_boosts, 0, _boostCount);
        Array.Clear(_boosted, 0, _boostCount);
        Array.Clear(_fallbackBy, 0, _fallbackCount);
        (_boostCount, _fallbackCount) = (0, 0);
        (_bury, _buried, _weightBy, Diversity) = (null, null, null, null);
        Caps.Clear();
        Pins.Clear();
    }

    /// <summary>Whether a row comes after all others.</summary>
    public bool IsBuried(int row) => _buried is { } bits && Has(bits, row);

    /// <summary>As <see cref="IsBuried(int)"/>, of an item that the version does not know.</summary>
    public bool IsBuried(long item, CatalogueRows? catalogue, ReadOnlySpan<byte> textKey) =>
        _bury is { } filter && catalogue!.Passes(filter, item, textKey);

    /// <summary>The product of the factors that are a row's.</summary>
    public double FactorOf(int row)
    {
        double factor = 1;
        for (int b = 0; b < _boostCount; b++)
            if (Has(_boosted[b]!, row)) factor *= _boosts[b]!.Factor;
        return factor;
    }

    /// <summary>As <see cref="FactorOf(int)"/>, of an item that the version does not know.</summary>
    public double FactorOf(long item, CatalogueRows? catalogue, ReadOnlySpan<byte> textKey)
    {
        double factor = 1;
        for (int b = 0; b < _boostCount; b++)
            if (catalogue!.Passes(_boosts[b]!.Filter, item, textKey)) factor *= _boosts[b]!.Factor;
        return factor;
    }

    /// <summary>
    /// Gives every candidate of a pool its new score and orders them by it, ties as they were.
    /// </summary>
    /// <param name="pool">By descending score.</param>
    public void Rank(CandidateList pool)
    {
        int n = pool.Count;
        if (n == 0) return;
        if (_keys.Length < n) (_keys, _rows, _values) = (new ulong[n], new int[n], new double[n]);
        Span<int> rows = pool.RowBuffer(n);
        Span<float> scores = pool.ScoreBuffer(n);
        if (_weightBy is not null) ScaleValues(rows);
        double low = scores[^1], range = scores[0] - low;
        for (int i = 0; i < n; i++)
        {
            double relevance = range > 0 ? (scores[i] - low) / range : 1;
            if (_weightBy is not null) relevance = ((1 - _weight) * relevance) + (_weight * _values[i]);
            double score = (Floor + ((1 - Floor) * relevance)) * FactorOf(rows[i]);
            // Scores are not negative: their bits are in their order.
            uint bits = BitConverter.SingleToUInt32Bits((float)Math.Min(score, float.MaxValue));
            _keys[i] = ((ulong)~bits << 32) | (uint)i;
        }
        rows.CopyTo(_rows);
        _keys.AsSpan(0, n).Sort();
        for (int i = 0; i < n; i++)
        {
            rows[i] = _rows[(int)(uint)_keys[i]];
            scores[i] = BitConverter.UInt32BitsToSingle(~(uint)(_keys[i] >> 32));
        }
    }

    /// <summary>The attribute of each row, scaled to 0 … 1 over those that have it; missing = 0.</summary>
    private void ScaleValues(ReadOnlySpan<int> rows)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        for (int i = 0; i < rows.Length; i++)
        {
            double value = _values[i] = _weightBy!.NumberOf(_weightBy.RowOf(rows[i]));
            if (double.IsNaN(value)) continue;
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
        // By halves: the difference of two numbers may be more than there are numbers.
        double range = (high / 2) - (low / 2);
        for (int i = 0; i < rows.Length; i++)
        {
            _values[i] = double.IsNaN(_values[i]) ? 0
                : range > 0 ? ((_values[i] / 2) - (low / 2)) / range : 1;
        }
    }

    private static bool Has(ulong[] bits, int row) => (bits[row >> 6] >> (row & 63) & 1) != 0;

    private static CatalogueRows Require(CatalogueRows? catalogue, long version) => catalogue
        ?? throw new EmbedEngineException(
            ErrorCode.Unknown,
            $"version {version} comes without a catalogue, so that there are no attributes to go by");

    private static AttributeCodes Find(
        CatalogueRows? catalogue, string name, string rule, ColdVectors? cold, long version) =>
        Require(catalogue, version).Find(name, cold) ?? throw new EmbedEngineException(
            ErrorCode.InvalidArgument, $"{rule}: {catalogue!.ProblemOf(name)}");

    private static EmbedEngineException Unfit(string rule, AttributeCodes codes, string instead) => new(
        ErrorCode.InvalidArgument, $"{rule}: '{codes.Name}' {Filters.FilterSchema.Is(codes.Type)}{instead}");
}
