// Rules of a request against their ranges, before anything is ranked. Must never ask the catalogue:
// BoundRules does, where it binds.

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Checks what a caller asks for.</summary>
internal static class RuleChecks
{
    /// <summary>Throws for what is out of range, twice there or unnamed.</summary>
    /// <exception cref="ArgumentException">Names the rule and the value.</exception>
    public static void Check(in RecommendRules rules, in RecommendOptions options)
    {
        bool byAttribute = options.DiversityBy == DiversityMeasure.Attribute;
        if (byAttribute != !string.IsNullOrEmpty(options.DiversityAttribute))
        {
            throw new ArgumentException(
                byAttribute ? "diversity by an attribute needs its name (DiversityAttribute)"
                : $"diversity attribute '{options.DiversityAttribute}' is given: diversity is not by one");
        }
        CheckExploration(options);
        CheckFallback(rules.FallbackBy);
        if (!rules.Arranges) return;
        AtMost(rules.Boosts.Length, BoundRules.MostBoosts, "boosts");
        foreach (ItemBoost boost in rules.Boosts)
            if (boost is null) throw new ArgumentException("a boost is null");
        CheckPins(rules.Pins);
        CheckCaps(rules.Caps);
        if (rules.WeightBy is not { } weight) return;
        if (string.IsNullOrEmpty(weight.Name)) throw new ArgumentException("the weight names no attribute");
        if (!(weight.Weight >= 0 && weight.Weight <= 1))
            throw new ArgumentException($"weight by {weight.Name}: {weight.Weight} is not 0 to 1");
    }

    /// <summary>Throws where rules of order are given to a call that has none.</summary>
    public static void CheckSetsAlone(in RecommendRules rules)
    {
        if (rules.Arranges || !rules.FallbackBy.IsEmpty)
            throw new ArgumentException("boosts, pins, bury, caps, weights and fallbacks are of "
                + "recommendations: this call has sets, a filter");
    }

    private static void CheckExploration(in RecommendOptions options)
    {
        if (!(options.Explore >= 0 && options.Explore <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Explore, "Explore is not 0 to 1");
    }

    private static void CheckFallback(ReadOnlySpan<string> names)
    {
        AtMost(names.Length, FallbackChain.Most, "attributes of a fallback");
        for (int i = 0; i < names.Length; i++)
        {
            if (string.IsNullOrEmpty(names[i])) throw new ArgumentException("a fallback names no attribute");
            if (names[..i].Contains(names[i]))
                throw new ArgumentException($"fallback: attribute '{names[i]}' is named twice");
        }
    }

    private static void CheckPins(ReadOnlySpan<ItemPin> pins)
    {
        AtMost(pins.Length, PinList.Most, "pins");
        for (int i = 0; i < pins.Length; i++)
        {
            if (pins[i].Place < 1)
                throw new ArgumentException(
                    $"pin of item {pins[i].Item}: place {pins[i].Place} is not 1 or more");
            for (int before = 0; before < i; before++)
            {
                if (pins[before].Place == pins[i].Place)
                    throw new ArgumentException($"two items are pinned at place {pins[i].Place}");
                if (pins[before].Item == pins[i].Item)
                    throw new ArgumentException($"item {pins[i].Item} is pinned twice");
            }
        }
    }

    private static void CheckCaps(ReadOnlySpan<AttributeCap> caps)
    {
        AtMost(caps.Length, CapCounts.Most, "caps");
        foreach (AttributeCap cap in caps)
        {
            if (string.IsNullOrEmpty(cap.Name)) throw new ArgumentException("a cap names no attribute");
            if (cap.Most < 1) throw new ArgumentException($"cap of {cap.Name}: {cap.Most} is not 1 or more");
        }
    }

    private static void AtMost(int given, int most, string what)
    {
        if (given > most) throw new ArgumentException($"{given} {what} are given; {most} are the most");
    }
}
