namespace EmbedEngine.Cli.Commands;

/// <summary>
/// The version a command answers from: of a store, or of a bundle where the path is a file.
/// </summary>
internal sealed class ServingModel : IDisposable
{
    private readonly IDisposable _owner;

    private ServingModel(Model model, IDisposable owner) => (Model, _owner) = (model, owner);

    public Model Model { get; }

    /// <summary>The store; null = it is a bundle.</summary>
    public Engine? Engine => _owner as Engine;

    /// <summary>Whether a path given as STORE is a bundle: stores are directories.</summary>
    public static bool IsBundle(string path) => File.Exists(path);

    /// <summary>Opens what answers under a path.</summary>
    public static ServingModel Open(string path)
    {
        if (IsBundle(path))
        {
            Model bundle = Model.OpenBundle(path);
            return new ServingModel(bundle, bundle);
        }
        Engine engine = Engine.Open(path);
        try
        {
            return new ServingModel(Of(engine), engine);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The model that answers; where it is not the active one, a line on standard error says why.
    /// </summary>
    public static Model Of(Engine engine)
    {
        Model model = engine.RequireModel();
        if (engine.Problem is EmbedEngineException problem)
        {
            Console.Error.WriteLine(
                $"embedengine: warning: {problem.Message}; version {model.Version.Number} answers instead");
        }
        return model;
    }

    public void Dispose() => _owner.Dispose();
}
