// What a run's tokens of items with their actions are called and count, by the store's actions. Made before
// anything is trained: a name that no action has ends the run at its start.

using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Prefix and weight of every action's tokens, by its code. Immutable.</summary>
internal sealed class TokenMap
{
    private readonly string[] _prefixes;
    private readonly float[] _weights;
    private readonly byte[] _codes;

    private TokenMap(string[] prefixes, float[] weights)
    {
        (_prefixes, _weights) = (prefixes, weights);
        _codes = Array.ConvertAll(prefixes, prefix => (byte)Array.IndexOf(prefixes, prefix));
        IsWeighted = Array.Exists(weights, weight => weight != 1);
    }

    /// <summary>What tokens of each action begin with, without the underscore.</summary>
    public IReadOnlyList<string> Prefixes => _prefixes;

    /// <summary>Whether any action counts otherwise than once.</summary>
    public bool IsWeighted { get; }

    /// <summary>The code that stands for all actions of the same prefix: the lowest of them.</summary>
    public byte CodeOf(byte action) => _codes[At(action)];

    /// <summary>How often an event of the action counts; 0 = it makes no token.</summary>
    public float WeightOf(byte action) => _weights[At(action)];

    /// <summary>Actions beyond those the store knows are the last one.</summary>
    private int At(byte action) => Math.Min(action, _prefixes.Length - 1);

    /// <summary>The settings, applied to a store's actions.</summary>
    /// <exception cref="EmbedEngineException">InvalidArgument: an entry names no action of the store, or one
    /// that another entry names by another of its names, or no action counts; the message names the
    /// setting.</exception>
    public static TokenMap Of(TokenSettings settings, ActionTable actions)
    {
        byte[] codes = [.. Enumerable.Range(0, actions.Count).Select(code => (byte)code)];
        string[] prefixes = Array.ConvertAll(codes, actions.Token);
        foreach ((byte code, string prefix) in ByCode("token_names", settings.Names, actions))
            prefixes[code] = prefix;
        bool imported = settings.Weights.Contains(TokenSettings.Imported);
        // That a removal takes away is in its token's name: here it is an event like any other.
        float[] weights = Array.ConvertAll(codes, code => !imported || actions.Weight(code) < 0 ? 1f
            : (float)actions.Weight(code));
        IEnumerable<string> own = settings.Weights.Where(entry => entry != TokenSettings.Imported);
        foreach ((byte code, string weight) in ByCode("token_weights", own, actions))
            weights[code] = (float)TokenSettings.WeightOf(weight);
        if (Array.TrueForAll(weights, weight => weight == 0))
            throw Fault("token_weights", "every action has weight 0: there would be no token");
        return new TokenMap(prefixes, weights);
    }

    private static IEnumerable<(byte Code, string Value)> ByCode(
        string setting, IEnumerable<string> entries, ActionTable actions)
    {
        var met = new HashSet<byte>();
        foreach (string entry in entries)
        {
            (string action, string value) = TokenSettings.Split(entry);
            if (!actions.TryFind(action, out byte code))
            {
                IEnumerable<string> known =
                    Enumerable.Range(0, actions.Count).Select(c => actions.Name((byte)c));
                throw Fault(
                    setting, $"the store has no action '{action}'; it has {string.Join(", ", known)}");
            }
            if (!met.Add(code))
                throw Fault(setting, $"'{action}' is {actions.Name(code)}, which is named twice");
            yield return (code, value);
        }
    }

    private static EmbedEngineException Fault(string setting, string what) =>
        new(ErrorCode.InvalidArgument, $"setting {setting}: {what}");
}
