// The kind of keys in a new store is a guess until its first import ends: integers, while every key seen is
// one. A row that shows otherwise is not dropped; the import begins again with text keys.

namespace EmbedEngine.Interactions.Reading;

/// <summary>What one import knows of the kinds of its keys. Empty where nothing may be guessed.</summary>
internal sealed class KeyGuess
{
    public const string Items = "item", Users = "user", Sessions = "session";

    private readonly HashSet<string> _text = [];
    private readonly HashSet<string> _open = [];

    /// <summary>Where the store's kinds hold, and a key that does not fit is a bad row.</summary>
    public static KeyGuess Settled => new();

    /// <summary>For an import: the kinds that no earlier one has settled are open.</summary>
    public static KeyGuess For(KeyKind items, KeyKind users, ImportOptions options)
    {
        var guess = new KeyGuess();
        guess._open.Add(Sessions);
        if (items == KeyKind.Unset && options.Keys == KeyKind.Unset) guess._open.Add(Items);
        if (users == KeyKind.Unset) guess._open.Add(Users);
        return guess;
    }

    /// <summary>Whether keys of a role turned out to be text.</summary>
    public bool IsText(string role) => _text.Contains(role);

    /// <summary>A key of a role is no integer though they were taken for such.</summary>
    /// <exception cref="KeyKindChangedException">The guess was open: begin again.</exception>
    public void Doubt(string role)
    {
        if (!_open.Remove(role)) return;
        _text.Add(role);
        throw new KeyKindChangedException(role);
    }
}

/// <summary>Ends a reading whose keys were taken for integers and are not; caught by the import.</summary>
internal sealed class KeyKindChangedException(string role)
    : EmbedEngineException(
        ErrorCode.BadInput,
        $"a {role} key is no integer although those before it were, and this input cannot be read twice: "
        + (role == KeyGuess.Items ? "import it with --keys string" : "import it from a file"));
